#include "cbsim/experiment/dry_run.hpp"

#include <gmock/gmock.h>

#include "experiments.hpp"
#include "support/configure.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DryRunTest : public ::testing::Test {
 protected:
  ExperimentForecast forecast(const Experiment& experiment, RunOptions options = {}) {
    options.folder = folder_.path() / "results";
    calibrated_.clear();
    const std::atomic<int> never{0};
    return forecast_experiment(
        experiment, options,
        [this](std::size_t, std::size_t, const Cell& cell) {
          calibrated_.push_back(cell.policy_label);
        },
        never);
  }

  TemporaryFolder folder_;
  std::vector<std::string> calibrated_;
};

TEST_F(DryRunTest, WritesNothing) {
  const ExperimentForecast all = forecast(make_experiment({make_cell("uniform", "uniform")}));
  EXPECT_EQ(all.runs, 3u);
  EXPECT_GT(all.seconds, 0.0);
  EXPECT_THAT(std::filesystem::directory_iterator(folder_.path()),
              std::filesystem::directory_iterator());
}

TEST_F(DryRunTest, TellsWhatIsDoneFromWhatIsToDo) {
  Experiment experiment =
      make_experiment({make_cell("uniform", "uniform"), make_cell("oracle", "oracle")}, {0, 1});
  run_trial(experiment, folder_.path() / "results");
  experiment.seeds = {0, 1, 2};
  const ExperimentForecast more = forecast(experiment);
  EXPECT_EQ(more.runs, 6u);
  EXPECT_EQ(more.done, 4u);
  EXPECT_THAT(more.cells[0].done, ElementsAre(0, 1));
  EXPECT_THAT(more.cells[0].to_do, ElementsAre(2));
  experiment.seeds = {0, 1};
  const ExperimentForecast none = forecast(experiment);
  EXPECT_EQ(none.seconds, 0.0);
  EXPECT_EQ(none.operations, 0.0);
  EXPECT_THAT(calibrated_, IsEmpty());
}

TEST_F(DryRunTest, SumsTheOperationsOfTheRounds) {
  const Experiment experiment = make_experiment({make_cell("LinUCB", "lin_ucb")}, {0, 1});
  const ExperimentForecast all = forecast(experiment);
  EXPECT_EQ(all.cells[0].operations, 40 * 20.0 * 20 * (4 + 5));
  EXPECT_EQ(all.operations, 2 * all.cells[0].operations);
}

TEST_F(DryRunTest, TimesCellsThatCostTheSameOnce) {
  std::vector<Cell> cells = {make_cell("a", "lin_ucb"), make_cell("b", "lin_ucb"),
                             make_cell("c", "lin_ucb", "linear", 80)};
  auto greedy = cells[1].policy_type->make();
  test::set(*greedy, "gamma", 0.0);
  cells[1].policy = std::move(greedy);
  cells[1].identity += " greedy";
  const ExperimentForecast all = forecast(make_experiment(cells));
  EXPECT_THAT(calibrated_, ElementsAre("a", "c"));
  EXPECT_EQ(all.cells[0].seconds, all.cells[1].seconds);
}

TEST_F(DryRunTest, CountsAPolicyUnderTwoLabelsOnce) {
  const ExperimentForecast all =
      forecast(make_experiment({make_cell("a", "lin_ucb"), make_cell("b", "lin_ucb")}, {0}));
  EXPECT_EQ(all.operations, all.cells[0].operations);
}

TEST_F(DryRunTest, GoesOnWhereTheBeginningOfARunFails) {
  const ExperimentForecast all = forecast(make_experiment(
      {make_test_cell("fragile", [](Seed, Index) -> Diagnostics { throw RunError("oops"); }),
       make_cell("uniform", "uniform")}));
  EXPECT_FALSE(all.cells[0].seconds);
  EXPECT_EQ(all.cells[0].failure, "round 1: oops");
  EXPECT_TRUE(all.cells[1].seconds);
}

TEST_F(DryRunTest, RefusesWhatTheRunWouldRefuse) {
  const Experiment experiment = make_experiment({make_cell("uniform", "uniform")});
  RunOptions options;
  options.memory = 10.0;
  EXPECT_THROW(forecast(experiment, options), InputError);
  run_trial(experiment, folder_.path() / "results");
  EXPECT_THROW(forecast(make_experiment({make_cell("oracle", "oracle")})), InputError);
}

}  // namespace
}  // namespace cbsim
