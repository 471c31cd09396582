#include "cbsim/experiment/run_plan.hpp"

#include <gmock/gmock.h>

#include <set>

#include "experiments.hpp"

namespace cbsim {
namespace {

TEST(RunKey, IsPinnedSoThatFinishedRunsStayKnown) {
  // A change of this value orphans the finished runs of every user: raise kResultVersion instead.
  EXPECT_EQ(run_key("an identity", 7), "4d2c04c5c45783bc58d7f308adb0d25a");
}

TEST(RunKey, ChangesWithIdentityAndSeedAndIsAFolderName) {
  std::set<std::string> keys;
  for (const char* identity : {"", "a", "b", "1\na", "a\n1"}) {
    for (const Seed seed : {Seed{0}, Seed{1}, Seed{11}, ~Seed{0}}) {
      const std::string key = run_key(identity, seed);
      EXPECT_THAT(key, ::testing::MatchesRegex("[0-9a-f]+"));
      EXPECT_EQ(key.size(), 32u);
      keys.insert(key);
    }
  }
  EXPECT_EQ(keys.size(), 20u);
}

TEST(RunPlan, ListsCellsThenSeeds) {
  const Experiment experiment =
      make_experiment({make_cell("first", "uniform"), make_cell("second", "oracle")}, {5, 3});
  std::vector<std::string> order;
  for (const auto& run : plan_runs(experiment)) {
    order.push_back(run.cell->policy_label + ' ' + std::to_string(run.seed));
  }
  EXPECT_THAT(order, ::testing::ElementsAre("first 5", "first 3", "second 5", "second 3"));
}

TEST(RunPlan, GivesTwoLabelsOfOnePolicyOneKey) {
  const Experiment experiment =
      make_experiment({make_cell("first", "uniform"), make_cell("second", "uniform")}, {4});
  const auto plan = plan_runs(experiment);
  EXPECT_EQ(plan[0].key, plan[1].key);
}

TEST(CellTitle, NamesTheSweptValuesThatApply) {
  Experiment experiment = make_experiment({make_cell("A", "uniform")});
  experiment.swept_paths = {"policies.A.gamma", "policies.B.nu"};
  experiment.cells[0].swept_values = {"0.1", ""};
  EXPECT_EQ(cell_title(experiment, experiment.cells[0]), "A policies.A.gamma=0.1");
}

}  // namespace
}  // namespace cbsim
