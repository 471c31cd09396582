#include "cbsim/experiment/run_store.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <limits>

#include "cbsim/experiment/checkpoint.hpp"
#include "cbsim/experiment/execute_run.hpp"
#include "cbsim/experiment/files.hpp"
#include "experiments.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

/// A store with one run of five rows in it.
class RunStoreTest : public ::testing::Test {
 protected:
  RunStoreTest() { compute(); }

  void compute() {
    const fs::path staged = store_.stage(run_.key);
    execute_run(run_, experiment_.record, {.folder = staged},
                [](const RoundRecord&) { return true; });
    store_.publish(std::vector{run_.key});
  }
  bool finished() const {
    return load_curve(store_.folder(), run_, experiment_.record).has_value();
  }
  fs::path file(const std::string& name) const { return store_.run_folder(run_.key) / name; }

  TemporaryFolder folder_;
  RunStore store_{folder_.path() / "results"};
  Experiment experiment_ = make_experiment({make_cell("uniform", "uniform")}, {3});
  cbsim::Run run_ = plan_runs(experiment_)[0];
};

TEST_F(RunStoreTest, LoadsTheCurveOfAFinishedRun) {
  const auto curve = load_curve(store_.folder(), run_, experiment_.record);
  ASSERT_TRUE(curve);
  EXPECT_EQ("t,cum_regret,cum_reward,optimal_rate\n" + curve->rows, read_file(file("curve.csv")));
  EXPECT_TRUE(curve->rows.ends_with("40," + curve->last + "\n"));
}

TEST_F(RunStoreTest, DoesNotTakeATornFolderForARun) {
  const std::string whole = read_file(file("curve.csv"));
  for (const std::size_t size : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
    std::ofstream(file("curve.csv")) << whole.substr(0, size);
    EXPECT_FALSE(finished()) << size;
  }
  std::ofstream(file("curve.csv")) << whole;
  EXPECT_TRUE(finished());
  std::ofstream(file("run.json")) << "{\"status\": \"done\"";
  EXPECT_FALSE(finished());
  fs::remove(file("run.json"));
  EXPECT_FALSE(finished());
}

TEST_F(RunStoreTest, DoesNotTakeACurveWithGarbageOfTheRightSize) {
  std::string text = read_file(file("curve.csv"));
  text[text.size() - 2] = 'x';
  std::ofstream(file("curve.csv")) << text;
  EXPECT_FALSE(finished());
}

TEST_F(RunStoreTest, DoesNotTakeARunThatLacksWhatIsAskedForNow) {
  RecordSettings& record = experiment_.record;
  record.rounds = true;
  EXPECT_FALSE(finished());
  compute();
  EXPECT_TRUE(finished());
  record.rounds = false;  // more than is asked for is fine
  EXPECT_TRUE(finished());
  record.points = 7;
  EXPECT_FALSE(finished());
}

TEST_F(RunStoreTest, DoesNotTakeARunWhoseRoundsFileIsCutShort) {
  experiment_.record.rounds = true;
  compute();
  fs::resize_file(file("rounds.csv"), fs::file_size(file("rounds.csv")) - 1);
  EXPECT_FALSE(finished());
}

TEST_F(RunStoreTest, ReplacesWhateverWasInARunsPlace) {
  std::ofstream(file("curve.csv")) << "torn";
  std::ofstream(file("stray")) << "stray";
  compute();
  EXPECT_TRUE(finished());
  EXPECT_FALSE(fs::exists(file("stray")));
  fs::remove_all(store_.run_folder(run_.key));
  std::ofstream(store_.run_folder(run_.key)) << "a file, not a folder";
  compute();
  EXPECT_TRUE(finished());
}

TEST(RunStore, HidesWhatIsNotFinishedAndRemovesItAtTheEnd) {
  const TemporaryFolder folder;
  {
    const RunStore store(folder.path());
    OutputFile(store.stage("key") / "curve.csv").write("half");
    EXPECT_FALSE(fs::exists(folder.path() / "runs"));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(RunStore, RemovesWhatADeadProcessLeftAndNothingElse) {
  const TemporaryFolder folder;
  const fs::path dead = folder.path() / ".cbsim-elsewhere-1-0";
  fs::create_directories(dead / "key");
  std::ofstream(dead / "lock").put('\n');
  const RunStore living(folder.path());
  const fs::path staged = living.stage("key");
  EXPECT_FALSE(fs::exists(dead));
  const RunStore other(folder.path());
  EXPECT_TRUE(fs::exists(staged));
}

TEST(RunStore, ThatCannotBeMadeLeavesNothingBehind) {
  const TemporaryFolder folder;
  const std::string too_long(300, 'x');
  EXPECT_THAT([&] { RunStore(folder.path() / "new" / too_long); },
              ::testing::ThrowsMessage<IoError>(::testing::HasSubstr("File name too long")));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

// A run.json of somebody else may name any number.
TEST_F(RunStoreTest, DoesNotTakeARunOfMoreRoundsThanItsHorizonOrOfNone) {
  const std::string json = read_file(file("run.json"));
  const auto at = json.find("\"rounds\": 40");
  ASSERT_NE(at, std::string::npos);
  for (const char* rounds : {"0", "-5", "41", "1e300"}) {
    std::string changed = json;
    std::ofstream(file("run.json")) << changed.replace(at + 10, 2, rounds);
    EXPECT_FALSE(finished()) << rounds;
  }
}

TEST_F(RunStoreTest, DoesNotTakeARunWhoseFilesLieElsewhere) {
  std::string json = read_file(file("run.json"));
  const std::string name = "\"curve.csv\": ";
  json.insert(json.find(name), "\"../outside\": 0, ");
  std::ofstream(store_.run_folder(run_.key) / "../outside");
  std::ofstream(file("run.json")) << json;
  EXPECT_FALSE(finished());
}

TEST_F(RunStoreTest, DoesNotTakeARunWithFilesOfNoRun) {
  const std::string json = read_file(file("run.json")), name = "\"curve.csv\": ";
  for (const std::string& other : {std::string("a.csv"), std::string(300, 'a')}) {
    std::string changed = json;
    changed.insert(changed.find(name), '"' + other + "\": 0, ");
    std::ofstream(file("run.json")) << changed;
    EXPECT_FALSE(finished()) << other;
  }
}

TEST_F(RunStoreTest, NeverWaitsOnPipesOrReadsDevices) {
  for (const char* name : {"run.json", "curve.csv"}) {
    fs::remove(file(name));
    ASSERT_EQ(::mkfifo(file(name).c_str(), 0600), 0);
    EXPECT_FALSE(finished()) << name;
    fs::remove(file(name));
    fs::create_symlink("/dev/zero", file(name));
    EXPECT_FALSE(finished()) << name;
    fs::remove(file(name));
    compute();
    EXPECT_TRUE(finished());
  }
}

TEST_F(RunStoreTest, StartsAgainWhereTheCheckpointHoldsAnotherState) {
  const fs::path checkpoint = store_.checkpoint_folder(run_.key);
  double other = 1.0;
  Checkpoint(checkpoint, checkpoint_identity(run_, experiment_.record))
      .save([&](StateArchive& archive) { archive.value(other); });
  const fs::path staged = store_.stage(run_.key);
  const RunEnd end =
      execute_run(run_, experiment_.record, {.folder = staged, .checkpoint = checkpoint},
                  [](const RoundRecord&) { return true; });
  EXPECT_TRUE(end.complete);
  EXPECT_EQ(end.resumed_after, 0);
  EXPECT_THAT(end.warnings,
              testing::ElementsAre(testing::HasSubstr("is ignored (it is cut short)")));
  EXPECT_EQ(read_file(staged / "curve.csv"), read_file(file("curve.csv")));
}

TEST_F(RunStoreTest, StartsAgainWhereTheCheckpointHoldsTimesThatAreNone) {
  const fs::path checkpoint = store_.checkpoint_folder(run_.key);
  for (const double wrong :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1.0}) {
    RunTimes times{.environment = wrong};
    Checkpoint(checkpoint, checkpoint_identity(run_, experiment_.record))
        .save([&](StateArchive& archive) { archive.value(times); });
    const RunEnd end = execute_run(run_, experiment_.record,
                                   {.folder = store_.stage(run_.key), .checkpoint = checkpoint},
                                   [](const RoundRecord&) { return true; });
    EXPECT_TRUE(end.complete);
    EXPECT_THAT(end.warnings,
                testing::ElementsAre(testing::HasSubstr("is ignored (its times are none)")));
  }
}

}  // namespace
}  // namespace cbsim
