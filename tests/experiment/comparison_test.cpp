#include "cbsim/experiment/comparison.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ThrowsMessage;

constexpr double kT2 = 4.30265272991;  // the 97.5 % point of Student's t with 2 degrees

/// A table to which figures are added; regret r has reward 10 - r.
class Figures {
 public:
  Figures() { table_.swept_paths = {"environment.noise", "policies.A.gamma"}; }

  Figures& add(const std::string& policy, const std::string& gamma, Seed seed,
               std::optional<double> regret, Index horizon = 100) {
    SummaryRow row{"e", "linear", policy, {noise_, gamma}, seed, horizon, regret.has_value(),
                   {},  {}};
    row.key = policy + gamma + noise_ + std::to_string(seed) + std::to_string(horizon);
    if (regret) row.figures = {*regret, 10.0 - *regret, 0.5};
    table_.rows.push_back(row);
    return *this;
  }
  Figures& noise(const std::string& noise) {
    noise_ = noise;
    return *this;
  }
  SummaryTable& table() { return table_; }

 private:
  SummaryTable table_;
  std::string noise_ = "1";
};

const ComparedSetting& setting(const Comparison& comparison, std::size_t i) {
  return comparison.environments.at(0).settings.at(i);
}

TEST(Compare, SummarizesEachSettingAndMarksTheBestOfEachPolicy) {
  Figures figures;
  figures.add("A", "0.1", 0, 5).add("A", "0.1", 1, 7).add("A", "0.1", 2, 3);
  figures.add("A", "1", 0, 1).add("A", "1", 1, 2).add("A", "1", 2, 9);
  figures.add("B", "", 0, 8).add("B", "", 1, 8).add("B", "", 2, 8);
  const Comparison comparison = compare(figures.table(), {});
  ASSERT_EQ(comparison.environments.size(), 1u);
  EXPECT_EQ(comparison.environments[0].metric, Metric::cum_regret);
  EXPECT_FALSE(setting(comparison, 0).best);  // mean 5
  EXPECT_TRUE(setting(comparison, 1).best);   // mean 4
  EXPECT_TRUE(setting(comparison, 2).best);
  EXPECT_FALSE(setting(comparison, 2).has_rivals);
  EXPECT_EQ(setting(comparison, 1).median, 2.0);
  EXPECT_DOUBLE_EQ(*setting(comparison, 1).estimate.mean, 4.0);
  EXPECT_NEAR(*setting(comparison, 1).estimate.high, 4.0 + kT2 * std::sqrt(19.0 / 3.0), 1e-9);
  EXPECT_THAT(comparison.notes, Contains(HasSubstr("the best settings of A are chosen on the seeds "
                                                   "that they are reported on")));
}

TEST(Compare, TakesTheHighestRewardForTheBest) {
  Figures figures;
  figures.add("A", "0.1", 0, 5).add("A", "1", 0, 1);
  const Comparison comparison = compare(figures.table(), {.metric = Metric::cum_reward});
  EXPECT_FALSE(setting(comparison, 0).best);
  EXPECT_TRUE(setting(comparison, 1).best);
  EXPECT_EQ(setting(comparison, 1).estimate.mean, 9.0);
}

TEST(Compare, TakesTheFirstOfEquals) {
  Figures figures;
  figures.add("A", "0.1", 0, 5).add("A", "1", 0, 5);
  const Comparison comparison = compare(figures.table(), {});
  EXPECT_TRUE(setting(comparison, 0).best);
  EXPECT_FALSE(setting(comparison, 1).best);
}

TEST(Compare, FallsBackToTheRewardWhereARegretIsUnknown) {
  Figures figures;
  figures.add("A", "", 0, 5).add("B", "", 0, 4);
  figures.noise("2").add("A", "", 0, 5).add("B", "", 0, 4);
  figures.table().rows[3].figures[0].reset();
  const Comparison comparison = compare(figures.table(), {});
  ASSERT_EQ(comparison.environments.size(), 2u);
  EXPECT_EQ(comparison.environments[0].metric, Metric::cum_regret);
  EXPECT_EQ(comparison.environments[1].metric, Metric::cum_reward);
  EXPECT_THAT([&] { compare(figures.table(), {.metric = Metric::cum_regret}); },
              ThrowsMessage<InputError>(HasSubstr("--metric cum_reward")));
}

TEST(Compare, PairsOverTheCommonSeeds) {
  Figures figures;
  figures.add("A", "", 0, 1).add("A", "", 1, 2).add("A", "", 2, 3).add("A", "", 3, 5);
  figures.add("B", "", 1, 2).add("B", "", 2, 4).add("B", "", 3, 3).add("B", "", 4, 9);
  figures.add("C", "", 5, 1);
  const Comparison comparison = compare(figures.table(), {.baseline = "B"});
  const auto& difference = setting(comparison, 0).difference;  // 0, -1, 2
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->estimate.n, 3u);
  EXPECT_DOUBLE_EQ(*difference->estimate.mean, 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(*difference->estimate.standard_error, std::sqrt(7.0 / 9.0));
  EXPECT_NEAR(*difference->estimate.low, 1.0 / 3.0 - kT2 * std::sqrt(7.0 / 9.0), 1e-9);
  EXPECT_EQ(difference->wins, 1u);
  EXPECT_EQ(difference->ties, 1u);
  EXPECT_FALSE(setting(comparison, 1).difference);  // the baseline itself
  ASSERT_TRUE(setting(comparison, 2).difference);
  EXPECT_EQ(setting(comparison, 2).difference->estimate.n, 0u);
  EXPECT_FALSE(setting(comparison, 2).difference->estimate.mean);
}

TEST(Compare, CountsAHigherRewardAsAWin) {
  Figures figures;
  figures.add("A", "", 0, 1).add("A", "", 1, 5).add("B", "", 0, 2).add("B", "", 1, 2);
  const Comparison comparison =
      compare(figures.table(), {.metric = Metric::cum_reward, .baseline = "B"});
  EXPECT_EQ(setting(comparison, 0).difference->wins, 1u);
  EXPECT_EQ(setting(comparison, 0).difference->estimate.mean, -1.0);
}

TEST(Compare, ChoosesOnSomeSeedsAndReportsOnTheOthers) {
  Figures figures;
  figures.add("A", "0.1", 0, 1).add("A", "0.1", 1, 7).add("A", "0.1", 2, 9);
  figures.add("A", "1", 0, 2).add("A", "1", 1, 3).add("A", "1", 2, 4);
  figures.add("B", "", 0, 5).add("B", "", 1, 6).add("B", "", 2, 7);
  const Comparison comparison =
      compare(figures.table(), {.baseline = "A", .select_seeds = std::vector<Seed>{0}});
  ASSERT_EQ(comparison.environments[0].settings.size(), 2u);
  EXPECT_EQ(setting(comparison, 0).swept_values[1], "0.1");  // though worse on seeds 1 and 2
  EXPECT_EQ(setting(comparison, 0).estimate.n, 2u);
  EXPECT_EQ(setting(comparison, 0).estimate.mean, 8.0);
  EXPECT_EQ(setting(comparison, 1).difference->estimate.mean, -1.5);
  EXPECT_THAT(comparison.notes, IsEmpty());
}

TEST(Compare, RefusesSeedsThatLeaveNothingToChooseByOrToReport) {
  Figures figures;
  figures.add("A", "0.1", 0, 1).add("A", "0.1", 1, 7);
  EXPECT_THAT([&] { compare(figures.table(), {.select_seeds = std::vector<Seed>{5}}); },
              ThrowsMessage<InputError>(HasSubstr("none of these seeds is in the table; it has the "
                                                  "seeds 0-1")));
  EXPECT_THAT(
      [&] {
        compare(figures.table(), {.select_seeds = std::vector<Seed>{0, 1, 2}});
      },
      ThrowsMessage<InputError>(HasSubstr("no seed is left to report on")));
}

TEST(Compare, GivesOneSeedNoIntervals) {
  Figures figures;
  figures.add("A", "", 4, 1).add("B", "", 4, 3);
  const Comparison comparison = compare(figures.table(), {.baseline = "B"});
  EXPECT_EQ(setting(comparison, 0).estimate.mean, 1.0);
  EXPECT_FALSE(setting(comparison, 0).estimate.low);
  EXPECT_EQ(setting(comparison, 0).difference->estimate.mean, -2.0);
  EXPECT_FALSE(setting(comparison, 0).difference->estimate.low);
}

TEST(Compare, NamesTheFirstOfThoseThatMissSeedsAndCountsTheOthers) {
  Figures figures;
  for (Seed seed = 0; seed < 6; ++seed) figures.add(std::string(1, "ABCDEF"[seed]), "", seed, 1);
  EXPECT_THAT(compare(figures.table(), {}).notes,
              Contains(HasSubstr("left out: A (noise=1) seeds 1-5, B (noise=1) seeds 0, 2-5, "
                                 "C (noise=1) seeds 0-1, 3-5 and 3 more;")));
}

// Asking for every seed of every setting would take minutes.
TEST(Compare, OfManySettingsWithASeedEachTakesTimeLinearInThem) {
  Figures figures;
  for (Seed seed = 0; seed < 50000; ++seed) figures.add("p" + std::to_string(seed), "", seed, 1);
  EXPECT_THAT(compare(figures.table(), {}).notes, Contains(HasSubstr("and 49997 more")));
  EXPECT_THAT([&] { compare(figures.table(), {.baseline = "none of them"}); },
              ThrowsMessage<InputError>(HasSubstr("no policy of that label")));
}

TEST(Compare, NamesWhatFailedAndWhatIsMissing) {
  Figures figures;
  figures.add("A", "0.1", 0, 1).add("A", "0.1", 1, {}).add("A", "0.1", 2, 4);
  figures.add("B", "", 0, 2);
  const Comparison comparison = compare(figures.table(), {});
  EXPECT_EQ(setting(comparison, 0).estimate.n, 2u);
  EXPECT_EQ(setting(comparison, 1).estimate.n, 1u);
  EXPECT_THAT(comparison.notes,
              AllOf(Contains("failed and left out: A (noise=1, gamma=0.1) seed 1"),
                    Contains(HasSubstr("missing and left out: B (noise=1) seeds 1-2"))));
}

TEST(Compare, KeepsAPolicyThatAlwaysFailed) {
  Figures figures;
  figures.add("A", "0.1", 0, {}).add("A", "1", 0, {}).add("B", "", 0, 2);
  const Comparison comparison = compare(figures.table(), {.baseline = "A"});
  EXPECT_EQ(setting(comparison, 0).estimate.n, 0u);
  EXPECT_FALSE(setting(comparison, 0).best);
  EXPECT_FALSE(setting(comparison, 2).difference);
  EXPECT_THAT(comparison.notes, Contains("no run to choose a setting by: A"));
}

TEST(Compare, WarnsOfDifferentHorizonsWithinAnEnvironmentOnly) {
  Figures figures;
  figures.add("A", "", 0, 1, 100).add("A", "", 1, 1, 80);
  EXPECT_THAT(compare(figures.table(), {}).notes,
              Contains(HasSubstr("linear (noise=1) runs end after 80 to 100 rounds")));
  Figures apart;
  apart.add("A", "", 0, 1, 100).noise("2").add("A", "", 0, 1, 80);
  EXPECT_THAT(compare(apart.table(), {}).notes, IsEmpty());
}

TEST(Compare, RefusesABaselineThatIsNotThere) {
  Figures figures;
  figures.add("NeuralUCB", "", 0, 1).add("uniform", "", 0, 1);
  EXPECT_THAT([&] { compare(figures.table(), {.baseline = "unifrom"}); },
              ThrowsMessage<InputError>(HasSubstr("did you mean \"uniform\"?")));
  EXPECT_THAT([&] { compare(figures.table(), {.baseline = "zzz"}); },
              ThrowsMessage<InputError>(HasSubstr("there are NeuralUCB, uniform")));
}

TEST(Compare, RefusesARunThatIsThereTwice) {
  Figures figures;
  figures.add("A", "", 0, 1, 100).add("A", "", 0, 2, 90);
  EXPECT_THAT([&] { compare(figures.table(), {}); },
              ThrowsMessage<InputError>(HasSubstr("seed 0 of A on linear is there twice")));
  figures.table().rows[1].key = figures.table().rows[0].key;  // a value named twice in a grid
  EXPECT_EQ(setting(compare(figures.table(), {}), 0).estimate.n, 1u);
}

TEST(SettingsText, LeavesOutWhatNamesThePolicy) {
  const std::vector<std::string> paths = {"environment.noise", "policies.A.b.gamma", "horizon",
                                          "policies.0.network.width"};
  EXPECT_EQ(settings_text(paths, {"1", "0.1", "50", ""}, "A.b"), "noise=1, gamma=0.1, horizon=50");
  EXPECT_EQ(settings_text(paths, {"", "", "", "20"}, "A"), "network.width=20");
}

}  // namespace
}  // namespace cbsim
