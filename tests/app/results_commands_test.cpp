#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "cbsim/experiment/input_file.hpp"
#include "experiment/temporary_folder.hpp"
#include "subprocess.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

/// status, merge and compare on the folder "r" of two policies, one with a grid, on three seeds.
class ResultsCommands : public ::testing::Test {
 protected:
  ResultsCommands() {
    std::ofstream(path("c.json"))
        << R"({"name": "demo", "horizon": 30, "seeds": 3, "environment": {"type": "linear"},
               "policies": [{"type": "lin_ucb", "label": "Lin"}, {"type": "uniform"}],
               "sweep": {"policies.Lin.gamma": [0.1, 1]}, "record": {"points": 4}})";
    EXPECT_EQ(run({"run", "c.json", "-o", "r", "-q"}).exit_code, 0);
  }
  Finished run(std::vector<std::string> arguments) const {
    return Subprocess(folder_.path(), std::move(arguments)).wait();
  }
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  /// The folder of the i-th run in the order of summary.csv.
  fs::path run_folder(int i) const {
    std::ifstream summary(path("r/summary.csv"));
    std::string line;
    for (int skip = -1; skip <= i; ++skip) std::getline(summary, line);
    return path("r/runs") / line.substr(line.rfind(',') + 1);
  }
  void expect_refused(const std::string& command, const std::string& folder, int code,
                      const std::string& message) const {
    const Finished finished = run({command, folder});
    EXPECT_EQ(finished.exit_code, code) << command;
    EXPECT_THAT(finished.err, AllOf(StartsWith("cbsim: "), HasSubstr(message)));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
    EXPECT_THAT(finished.out, IsEmpty());
  }

  TemporaryFolder folder_;
};

TEST_F(ResultsCommands, StatusSaysWhatIsDone) {
  const Finished finished = run({"status", "r"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out,
            "policy                      done\n"
            "Lin policies.Lin.gamma=0.1  3\n"
            "Lin policies.Lin.gamma=1    3\n"
            "uniform                     3\n"
            "\n"
            "9 of 9 runs done\n");
  EXPECT_THAT(finished.err, IsEmpty());
}

TEST_F(ResultsCommands, StatusSaysWhatIsMissingBegunAndFailed) {
  fs::create_directories(path("r/checkpoints") / run_folder(1).filename());
  fs::create_directories(path("r/failed"));
  std::ofstream(path("r/failed") / (run_folder(8).filename().string() + ".txt"))
      << "round 7: the refit diverged\n";
  for (const fs::path& gone : {run_folder(0), run_folder(1), run_folder(8)}) fs::remove_all(gone);
  const Finished finished = run({"status", "r"});
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  EXPECT_EQ(finished.out,
            "policy                      done  missing  missing seeds  failed  failed seeds\n"
            "Lin policies.Lin.gamma=0.1  1     2        0-1\n"
            "Lin policies.Lin.gamma=1    3\n"
            "uniform                     2                             1       2\n"
            "\n"
            "failed: uniform, seed 2: round 7: the refit diverged\n"
            "\n"
            "6 of 9 runs done, 2 missing (1 of them begun), 1 failed\n");
}

TEST_F(ResultsCommands, MergeGivesTheBytesOfRun) {
  const std::string regret = text_of(path("r/regret.csv")),
                    summary = text_of(path("r/summary.csv"));
  fs::remove(path("r/regret.csv"));
  std::ofstream(path("r/summary.csv")) << "torn";
  const Finished finished = run({"merge", "r"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "r\n");
  EXPECT_EQ(finished.err, "9 of 9 runs done; results in r/regret.csv and summary.csv\n");
  EXPECT_EQ(text_of(path("r/regret.csv")), regret);
  EXPECT_EQ(text_of(path("r/summary.csv")), summary);
}

TEST_F(ResultsCommands, MergeRefusesWhereRunsAreMissingUnlessPartial) {
  fs::remove_all(run_folder(1));
  fs::remove(path("r/regret.csv"));
  const Finished refused = run({"merge", "r"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("missing: Lin policies.Lin.gamma=0.1, seed 1\n"),
                                 HasSubstr("8 of 9 runs done, 1 missing; no table was written"),
                                 HasSubstr("--partial")));
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_FALSE(fs::exists(path("r/regret.csv")));
  EXPECT_EQ(run({"merge", "r", "--partial"}).exit_code, 0);
  EXPECT_THAT(text_of(path("r/regret.csv")), HasSubstr("demo,linear,uniform,,2,30,"));
}

TEST_F(ResultsCommands, MergeCopiesFromOtherFoldersAndTellsOfOtherMachines) {
  const std::string regret = text_of(path("r/regret.csv"));
  fs::copy(path("r"), path("other"), fs::copy_options::recursive);
  for (const fs::path& gone : {run_folder(1), run_folder(5)}) fs::remove_all(gone);
  ASSERT_EQ(shell(folder_.path(), "sed -i 's/\"cpu\": \"/&Other /' other/manifest.json").exit_code,
            0);
  const Finished finished = run({"merge", "r", "other"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, AllOf(HasSubstr("warning: the runs come from different builds or "
                                            "machines: r/manifest.json and other/manifest.json "
                                            "differ in cpu ("),
                                  HasSubstr("2 of the runs were copied to r/runs")));
  EXPECT_EQ(text_of(path("r/regret.csv")), regret);
}

TEST_F(ResultsCommands, MergeFailsWithAFailedRun) {
  fs::create_directories(path("r/failed"));
  std::ofstream(path("r/failed") / (run_folder(8).filename().string() + ".txt")) << "diverged\n";
  fs::remove_all(run_folder(8));
  const Finished finished = run({"merge", "r"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("failed: uniform, seed 2: diverged\n"));
  EXPECT_THAT(text_of(path("r/summary.csv")), HasSubstr("uniform,,2,30,,,,failed,"));
}

TEST_F(ResultsCommands, VerifyRunsSomeRunsAgain) {
  const Finished finished = run({"verify", "r", "--runs", "2", "-j", "1"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out,
            "Lin policies.Lin.gamma=0.1, seed 2: same bytes\n"
            "uniform, seed 0: same bytes\n"
            "\n"
            "2 of the 9 finished runs verified: 2 the same bytes, 0 the same but for rounding, "
            "0 different\n");
  EXPECT_THAT(run({"verify", "r", "--runs", "all"}).out, HasSubstr("9 of the 9 finished"));
}

TEST_F(ResultsCommands, VerifyTellsWhatDiffers) {
  const fs::path curve = run_folder(0) / "curve.csv";
  std::string text = text_of(curve);
  text[text.rfind('.') + 1] ^= 1;  // a digit becomes its neighbour
  std::ofstream(curve) << text;
  const Finished damaged = run({"verify", "r", "--runs", "all"});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.out, HasSubstr("8 of the 8 finished runs verified: 8 the same bytes"));
  EXPECT_EQ(damaged.err,
            "cbsim: files of these runs are damaged or gone: Lin policies.Lin.gamma=0.1, seed 0; "
            "the command that made them computes them again\n");

  const std::string hash = content_hash(text);  // as if the numbers had come out so
  std::string json = text_of(run_folder(0) / "run.json");
  json.replace(json.find("\"curve_hash\": \"") + 15, hash.size(), hash);
  std::ofstream(run_folder(0) / "run.json") << json;
  const Finished different = run({"verify", "r", "--runs", "all"});
  EXPECT_EQ(different.exit_code, 1);
  EXPECT_THAT(different.out, AllOf(HasSubstr("seed 0: DIFFERENT: curve.csv, row 4, optimal_rate: "),
                                   HasSubstr("8 the same bytes")));
  EXPECT_THAT(different.err,
              AllOf(HasSubstr("r/regret.csv:"), HasSubstr("the same build gave other numbers")));
}

TEST_F(ResultsCommands, VerifyFindsTablesThatWereChanged) {
  std::ofstream(path("r/summary.csv"), std::ios::app) << "one row more\n";
  const Finished finished = run({"verify", "r"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_EQ(finished.err,
            "cbsim: r/summary.csv:11: not what the runs give; cbsim merge r makes the tables "
            "anew\n");
  EXPECT_EQ(run({"merge", "r"}).exit_code, 0);
  EXPECT_EQ(run({"verify", "r"}).exit_code, 0);
}

TEST_F(ResultsCommands, VerifyRefusesWhatItCannotDo) {
  EXPECT_EQ(run({"verify", "r", "--runs", "0"}).exit_code, 2);
  EXPECT_THAT(run({"verify", "r", "--runs", "some"}).err,
              HasSubstr("--runs some: expected a number of runs from 1 to"));
  fs::remove_all(path("r/runs"));
  expect_refused("verify", "r", 3, "no run is finished");
}

TEST_F(ResultsCommands, CompareDrawsATableForPeople) {
  const Finished finished = run({"compare", "r", "--baseline", "uniform"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out,
              MatchesRegex("linear: cum_regret at the end, lower is better\n"
                           "policy +setting +best +n +mean +se +95 % CI +median +pairs +minus "
                           "uniform +95 % CI +wins +ties\n"
                           "Lin +gamma=0.1.*3 .*\\[.*\\].*3 .*\n"
                           "Lin +gamma=1.*3 .*\n"
                           "uniform +3 .*\n"));
  EXPECT_EQ(std::ranges::count(finished.out, '*'), 1);
  EXPECT_THAT(finished.err, HasSubstr("cbsim: note: the best settings of Lin are chosen on"));
}

TEST_F(ResultsCommands, CompareChoosesOnSomeSeeds) {
  const Finished finished = run({"compare", "r", "--select-seeds", "0:2", "--format", "csv"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out,
              MatchesRegex("experiment,environment,policy,policies.Lin.gamma,metric,n,mean,se,"
                           "ci_low,ci_high,median,best\n"
                           "demo,linear,Lin,[0-9.]+,cum_regret,1,[-0-9.e]+,,,,[-0-9.e]+,true\n"
                           "demo,linear,uniform,,cum_regret,1,[-0-9.e]+,,,,[-0-9.e]+,true\n"));
  EXPECT_THAT(finished.err, IsEmpty());
}

TEST_F(ResultsCommands, CompareRefusesOptionsThatMakeNoSense) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--select-seeds", "0:3"}, "no seed is left to report on"},
      {{"--select-seeds", "9"}, "no seed is left"},
      {{"--select-seeds", "7:9"}, "none of these seeds is in the table"},
      {{"--select-seeds", "x"}, "--select-seeds x: \"x\" is no seed"},
      {{"--baseline", "Linn"}, "did you mean \"Lin\"?"},
      {{"--metric", "regret"}, "expected cum_regret, cum_reward or optimal_rate"},
      {{"--format", "xml"}, "expected table, csv, json or markdown"},
      {{"--baseline", "--format"}, "a value is missing before --format"},
  };
  for (const auto& [options, message] : cases) {
    std::vector<std::string> arguments = {"compare", "r"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.exit_code, 2) << message;
    EXPECT_THAT(finished.err, AllOf(StartsWith("cbsim: "), HasSubstr(message)));
    EXPECT_THAT(finished.out, IsEmpty());
  }
}

TEST_F(ResultsCommands, RefuseWhatIsNoFolderOfResults) {
  fs::create_directory(path("empty"));
  for (const std::string command : {"status", "merge", "compare", "verify"}) {
    expect_refused(command, "none", 1, "cannot read the folder none: No such file or directory");
    expect_refused(command, "c.json", 2,
                   "c.json: not a results folder of cbsim: it is not a folder");
    expect_refused(command, "empty", 2,
                   command == "compare" ? "it holds no summary.csv" : "it holds no config.json");
    EXPECT_EQ(run({command}).exit_code, 2);
    EXPECT_THAT(run({command, "--help"}).out, HasSubstr("Example:\n  cbsim " + command));
  }
}

TEST_F(ResultsCommands, RefuseDamagedFolders) {
  const std::string config = text_of(path("r/config.json"));
  std::ofstream(path("r/config.json")) << config.substr(0, config.size() / 2);
  for (const std::string command : {"status", "merge"}) {
    expect_refused(command, "r", 2, "r/config.json:");
  }
  std::ofstream(path("r/config.json")) << config;
  ASSERT_EQ(
      shell(folder_.path(), "sed -i 's/\"horizon\": 30/\"horizon\": 31/' r/config.json").exit_code,
      0);
  expect_refused("status", "r", 2, "r/manifest.json: of another experiment");
  std::ofstream(path("r/config.json")) << config;
  for (const char* text : {"", "{\"program\":"}) {
    std::ofstream(path("r/manifest.json")) << text;
    for (const std::string command : {"status", "merge"}) {
      expect_refused(command, "r", 2, "r/manifest.json: damaged");
    }
  }
  fs::remove(path("r/manifest.json"));
  expect_refused("status", "r", 2, "it holds no manifest.json");
}

TEST_F(ResultsCommands, CompareRefusesADamagedTable) {
  const std::string summary = text_of(path("r/summary.csv"));
  std::ofstream(path("r/summary.csv")) << summary.substr(0, summary.size() - 40);
  expect_refused("compare", "r", 2, "r/summary.csv:10: ");
  std::ofstream(path("r/summary.csv")) << "";
  expect_refused("compare", "r", 2, "not the header of a summary.csv");
  fs::remove(path("r/summary.csv"));
  fs::create_directory(path("r/summary.csv"));
  expect_refused("compare", "r", 1, "it is a folder, not a file");
}

}  // namespace
}  // namespace cbsim
