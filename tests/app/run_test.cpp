#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "experiment/temporary_folder.hpp"
#include "subprocess.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// `cbsim run` from a config file to its exit code.
class RunCommandTest : public ::testing::Test {
 protected:
  RunCommandTest() { write_config(200); }

  void write_config(long horizon, const std::string& environment = "linear") const {
    std::ofstream(path("c.json")) << R"({"name": "demo", "horizon": )" << horizon
                                  << R"(, "seeds": 3, "environment": {"type": ")" << environment
                                  << R"("}, "policies": [{"type": "uniform", "label": "U, 1"},)"
                                  << R"({"type": "oracle"}], "record": {"points": 4}})";
  }
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  Finished run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "run");
    return Subprocess(folder_.path(), std::move(arguments)).wait();
  }
  /// Until the runs of a process are under way.
  void await_start(const std::string& results) const {
    for (int i = 0; i < 3000 && text_of(path(results) / "run.log").empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  TemporaryFolder folder_;
};

TEST_F(RunCommandTest, WritesIntoResultsByNameAndPrintsTheFolderAlone) {
  const Finished finished = run({"c.json"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "results/demo\n");
  EXPECT_THAT(finished.err, AllOf(HasSubstr("U, 1"), HasSubstr("±"),
                                  HasSubstr("scripts/plot_regret.py results/demo -o "
                                            "results/demo/regret.png")));
  EXPECT_THAT(text_of(path("results/demo/regret.csv")),
              StartsWith("experiment,environment,policy,seed,t,cum_regret,cum_reward,optimal_rate\n"
                         "demo,linear,\"U, 1\",0,1,"));
}

TEST_F(RunCommandTest, RecordsTheBuildAndTheCommandInTheManifest) {
  run({"c.json", "-o", "my results", "-j", "2"});
  const auto manifest = nlohmann::json::parse(text_of(path("my results/manifest.json")));
  EXPECT_EQ(manifest.at("command_line"), CBSIM_BINARY " run c.json -o 'my results' -j 2");
  EXPECT_EQ(manifest.at("threads"), 2);
  EXPECT_EQ(manifest.at("totals").at("computed"), 6);
  EXPECT_FALSE(manifest.at("build").at("compiler").get<std::string>().empty());
  EXPECT_FALSE(manifest.at("build").at("libraries").at("Eigen").get<std::string>().empty());
}

TEST_F(RunCommandTest, GivesTheSameBytesWhateverJ) {
  run({"c.json", "-o", "one", "-j", "1"});
  run({"c.json", "-o", "two", "-j", "2"});
  EXPECT_THAT(text_of(path("one/regret.csv")), Not(IsEmpty()));
  EXPECT_EQ(text_of(path("one/regret.csv")), text_of(path("two/regret.csv")));
  EXPECT_EQ(text_of(path("one/summary.csv")), text_of(path("two/summary.csv")));
}

TEST_F(RunCommandTest, SkipsFinishedRunsTheSecondTime) {
  run({"c.json"});
  const Finished again = run({"c.json"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("6 of 6 runs were finished before"));
}

TEST_F(RunCommandTest, RepeatsTheExperimentFromItsResolvedConfig) {
  run({"c.json", "-o", "first"});
  const Finished again = run({"first/config.json", "-o", "second"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(text_of(path("first/regret.csv")), text_of(path("second/regret.csv")));
}

TEST_F(RunCommandTest, RefusesAFolderWithAnotherExperimentUnlessForced) {
  run({"c.json"});
  const std::string before = text_of(path("results/demo/regret.csv"));
  const Finished refused = run({"c.json", "--set", "horizon=100"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, AllOf(StartsWith("cbsim: results/demo holds another experiment"),
                                 HasSubstr("horizon 200"), HasSubstr("--force")));
  EXPECT_EQ(text_of(path("results/demo/regret.csv")), before);
  EXPECT_EQ(run({"c.json", "--set", "horizon=100", "--force"}).exit_code, 0);
  EXPECT_NE(text_of(path("results/demo/regret.csv")), before);
}

TEST_F(RunCommandTest, RefusesAFolderThatIsNotItsOwn) {
  fs::create_directory(path("thesis"));
  std::ofstream(path("thesis/chapter1.tex")) << "precious";
  const Finished refused = run({"c.json", "-o", "thesis", "--force"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("thesis is not empty"));
}

TEST_F(RunCommandTest, SaysWhyAFolderCannotBeWritten) {
  for (const char* folder : {"/proc/nowhere", "c.json", "c.json/below"}) {
    const Finished finished = run({"c.json", "-o", folder});
    EXPECT_EQ(finished.exit_code, 1) << folder;
    EXPECT_THAT(finished.err, AllOf(StartsWith("cbsim: cannot "), HasSubstr(folder)));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  }
}

TEST_F(RunCommandTest, SaysThatTheConfigCannotBeRead) {
  const Finished finished = run({"missing.json"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("missing.json"));
  EXPECT_FALSE(fs::exists(path("results")));
}

TEST_F(RunCommandTest, RefusesABadConfigBeforeAnythingIsWritten) {
  write_config(200, "lineaar");
  const Finished finished = run({"c.json"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, AllOf(StartsWith("cbsim: "), HasSubstr("/environment/type")));
  EXPECT_FALSE(fs::exists(path("results")));
}

TEST_F(RunCommandTest, ForecastsWithoutWritingAnything) {
  const Finished finished = run({"c.json", "--dry-run", "-j", "2"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, ::testing::MatchesRegex(
                                "policy +seeds to do +seeds done +work a run +memory a run +time a "
                                "run\n"
                                "U, 1 +0-2 +- +[0-9.]+ k?FLOP +1.00 MB +[0-9.]+ s\n"
                                "oracle +0-2 +- +[0-9.]+ k?FLOP +1.00 MB +[0-9.]+ s\n"
                                "\n"
                                "6 runs to do, 0 done, for results/demo\n"
                                "work    [0-9.]+ k?FLOP\n"
                                "memory  2.00 MB of .* available\n"
                                "time    about [0-9.]+ s with 2 runs at a time\n"));
  EXPECT_THAT(finished.err, IsEmpty());
  EXPECT_FALSE(fs::exists(path("results")));
  run({"c.json"});
  EXPECT_THAT(run({"c.json", "--dry-run", "--seeds", "4"}).out,
              AllOf(HasSubstr(" 3            0-2"), HasSubstr("2 runs to do, 6 done")));
}

TEST_F(RunCommandTest, RefusesWhatDoesNotFitIntoMemory) {
  std::ofstream(path("large.json")) << R"({"name": "large", "horizon": 10000000, "seeds": 1,
      "environment": {"type": "linear", "dim": 1000},
      "policies": [{"type": "neural_ucb", "network": {"width": 10000}}]})";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"large.json"}, {"large.json", "--dry-run"}}) {
    const Finished finished = run(command);
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, AllOf(StartsWith("cbsim: neural_ucb: a run needs about "),
                                    HasSubstr(" TB of memory, but "), HasSubstr("are available"),
                                    HasSubstr("\"confidence\": \"diagonal\"")));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
    EXPECT_THAT(finished.out, IsEmpty());
    EXPECT_FALSE(fs::exists(path("results")));
  }
}

TEST_F(RunCommandTest, IsSilentButForTheFolderWhenQuiet) {
  const Finished finished = run({"c.json", "-q"});
  EXPECT_EQ(finished.out, "results/demo\n");
  EXPECT_THAT(finished.err, IsEmpty());
}

TEST_F(RunCommandTest, ListsItsRunsWhenVerbose) {
  EXPECT_THAT(run({"c.json", "-v"}).err,
              AllOf(HasSubstr("started U, 1, seed 0\n"), HasSubstr("finished oracle, seed 2 in ")));
}

TEST_F(RunCommandTest, DrawsAProgressLineOnlyWhereAskedOrOnATerminal) {
  EXPECT_THAT(run({"c.json", "-o", "a"}).err, Not(HasSubstr("\r")));
  EXPECT_THAT(run({"c.json", "-o", "b", "--progress", "always"}).err, HasSubstr("\r\x1b[Kruns "));
}

TEST_F(RunCommandTest, ColorsOnlyWhereAsked) {
  write_config(20000000);
  for (const auto& [color, escapes] : {std::pair{"always", true}, std::pair{"never", false}}) {
    const Subprocess process(folder_.path(), {"run", "c.json", "-o", color, "--color", color});
    await_start(color);
    process.send(SIGINT);
    const std::string err = process.wait().err;
    EXPECT_EQ(err.find("\x1b[31m") != std::string::npos, escapes) << err;
  }
}

TEST_F(RunCommandTest, StopsOnSignalsAndKeepsWhatIsFinished) {
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    write_config(20000000);
    const std::string other = "stopped" + std::to_string(code);
    const Subprocess process(folder_.path(), {"run", "c.json", "-o", other, "-j", "2"});
    await_start(other);
    process.send(signal);
    const Finished finished = process.wait();
    EXPECT_EQ(finished.exit_code, code);
    EXPECT_THAT(finished.err, HasSubstr("stopped by SIG"));
    EXPECT_THAT(text_of(path(other + "/summary.csv")), StartsWith("experiment,"));
    for (const auto& entry : fs::directory_iterator(path(other))) {
      EXPECT_THAT(entry.path().filename().string(), Not(StartsWith(".")));
    }
  }
}

TEST_F(RunCommandTest, GoesOnAfterBeingKilledAndCleansUp) {
  write_config(20000000);
  const Subprocess process(folder_.path(), {"run", "c.json"});
  await_start("results/demo");
  process.send(SIGKILL);
  EXPECT_EQ(process.wait().exit_code, -1);
  EXPECT_EQ(run({"c.json", "--set", "horizon=50"}).exit_code, 0);  // nothing was finished
  for (const auto& entry : fs::directory_iterator(path("results/demo"))) {
    EXPECT_THAT(entry.path().filename().string(), Not(StartsWith(".")));
  }
}

}  // namespace
}  // namespace cbsim
