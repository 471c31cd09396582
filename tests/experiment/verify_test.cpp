#include "cbsim/experiment/verify.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "cbsim/experiment/files.hpp"
#include "experiments.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest()
      : experiment_(
            make_experiment({make_cell("uniform", "uniform"), make_cell("lin_ucb", "lin_ucb")})) {
    experiment_.record.rounds = true;
    run_trial(experiment_, folder_.path() / "r");
  }
  VerifyReport verify(std::size_t runs, int stop = 0) {
    const std::atomic<int> signal{stop};
    results_ = {folder_.path() / "r", read_manifests(folder_.path() / "r"), experiment_};
    return verify_results(
        results_, {.runs = runs}, [](const VerifiedRun&) {}, signal);
  }
  fs::path file(std::size_t cell, Seed seed, const char* name) const {
    return folder_.path() / "r/runs" / run_key(experiment_.cells[cell].identity, seed) / name;
  }
  /// The first one behind the last decimal point.
  static void change_digit(const fs::path& path) {
    std::string text = read_file(path);
    char& digit = text[text.rfind('.') + 1];
    digit = digit == '1' ? '2' : '1';
    std::ofstream(path) << text;
  }
  static std::size_t count(const VerifyReport& report, Agreement agreement) {
    return static_cast<std::size_t>(std::ranges::count(
        report.runs, agreement, [](const VerifiedRun& run) { return run.agreement; }));
  }

  TemporaryFolder folder_;
  Experiment experiment_;
  ResultFolder results_;  ///< a report points into it
};

TEST_F(VerifyTest, FindsTheSameBytes) {
  const VerifyReport report = verify(100);
  EXPECT_EQ(report.finished, 6u);
  EXPECT_THAT(report.runs, SizeIs(6));
  EXPECT_EQ(count(report, Agreement::exact), 6u);
  EXPECT_THAT(report.other_machines, IsEmpty());
}

TEST_F(VerifyTest, SpreadsItsSampleOverTheRuns) {
  const VerifyReport report = verify(2);
  ASSERT_THAT(report.runs, SizeIs(2));
  EXPECT_EQ(report.runs[0].run->cell->policy_label, "uniform");
  EXPECT_EQ(report.runs[0].run->seed, 1u);
  EXPECT_EQ(report.runs[1].run->cell->policy_label, "lin_ucb");
  EXPECT_EQ(report.runs[1].run->seed, 1u);
}

TEST_F(VerifyTest, FindsADigitThatWasChanged) {
  change_digit(file(1, 2, "rounds.csv"));  // of its last effective_dim
  const VerifyReport report = verify(100);
  EXPECT_EQ(count(report, Agreement::exact), 5u);
  ASSERT_EQ(count(report, Agreement::different), 1u);
  const auto& found = *std::ranges::find(report.runs, Agreement::different,
                                         [](const VerifiedRun& run) { return run.agreement; });
  EXPECT_EQ(found.run->seed, 2u);
  EXPECT_THAT(found.difference, HasSubstr("rounds.csv, row 40, effective_dim: "));
}

TEST_F(VerifyTest, FindsACurveThatWasChanged) {
  change_digit(file(1, 2, "curve.csv"));
  const VerifyReport report = verify(100);
  EXPECT_EQ(report.finished, 5u);
  ASSERT_THAT(report.damaged, SizeIs(1));
  EXPECT_EQ(report.damaged[0]->seed, 2u);
  EXPECT_EQ(report.damaged[0]->cell->policy_label, "lin_ucb");
}

TEST_F(VerifyTest, FindsTablesThatAreNotWhatTheRunsGive) {
  EXPECT_THAT(verify(1).tables, IsEmpty());
  const std::string regret = read_file(folder_.path() / "r/regret.csv");
  change_digit(folder_.path() / "r/regret.csv");
  EXPECT_THAT(verify(1).tables,
              ElementsAre(MatchesRegex(".*/r/regret.csv:[0-9]+: not what the runs give")));
  // The table of a session that was killed before its end lacks rows, and nothing is wrong in it.
  const auto last = regret.rfind('\n', regret.size() - 2) + 1;
  std::ofstream(folder_.path() / "r/regret.csv") << regret.substr(0, last);
  EXPECT_THAT(verify(1).tables, ElementsAre(HasSubstr("regret.csv: rows of finished runs lack")));
  fs::remove_all(file(0, 1, ""));
  fs::remove_all(file(1, 2, ""));
  const auto problems = verify(1).tables;  // rows of two runs that are gone
  EXPECT_THAT(problems, ElementsAre(HasSubstr("r/regret.csv:"), HasSubstr("r/summary.csv:")));
  run_trial(experiment_, folder_.path() / "r");
  EXPECT_THAT(verify(1).tables, IsEmpty());
}

TEST_F(VerifyTest, TellsRoundingFromADifference) {
  const fs::path rounds = file(1, 0, "rounds.csv");
  std::string text = read_file(rounds);
  // The last digit of the longest number is one in its sixteenth place or so.
  const auto at = text.find_first_of(",\n", text.find('.') + 15) - 1;
  text[at] = text[at] == '1' ? '2' : '1';
  std::ofstream(rounds) << text;
  const VerifyReport report = verify(100);
  EXPECT_EQ(count(report, Agreement::rounding), 1u);
  EXPECT_EQ(count(report, Agreement::different), 0u);
}

TEST_F(VerifyTest, SaysOfWhichMachineOtherResultsAre) {
  std::string text = read_file(folder_.path() / "r/manifest.json");
  const auto at = text.find("\"cpu\": \"") + 8;
  std::ofstream(folder_.path() / "r/manifest.json") << text.insert(at, "another ");
  EXPECT_THAT(verify(1).other_machines, ElementsAre(HasSubstr("cpu (another ")));
}

TEST_F(VerifyTest, TakesARunThatFailsThisTimeAsDifferent) {
  bool fails = false;
  experiment_ = make_experiment({make_test_cell("fragile", [&](Seed, Index t) -> Diagnostics {
    if (fails && t == 7) throw RunError("the refit diverged");
    return {};
  })});
  fs::remove_all(folder_.path() / "r");
  run_trial(experiment_, folder_.path() / "r");
  fails = true;
  const VerifyReport report = verify(1);
  ASSERT_EQ(count(report, Agreement::different), 1u);
  EXPECT_THAT(report.runs[0].difference, HasSubstr("the refit diverged"));
}

TEST_F(VerifyTest, WritesNothingIntoTheFolderAndLeavesNothingElsewhere) {
  std::vector<fs::path> before, after;
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
    before.push_back(entry);
  verify(100);
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) after.push_back(entry);
  EXPECT_EQ(before, after);
}

TEST_F(VerifyTest, StopsWhenItIsTold) { EXPECT_THAT(verify(100, 15).runs, IsEmpty()); }

TEST_F(VerifyTest, FindsNothingInAFolderWithoutRuns) {
  fs::remove_all(folder_.path() / "r/runs");
  const VerifyReport report = verify(100);
  EXPECT_EQ(report.finished, 0u);
  EXPECT_THAT(report.runs, IsEmpty());
}

}  // namespace
}  // namespace cbsim
