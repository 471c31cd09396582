#include <set>

#include "experiment/config_fixture.hpp"

namespace cbsim {
namespace {

using testing::ElementsAre;
using SweepTest = ConfigTest;

const std::string kHead =
    R"({"horizon":10,"environment":{"type":"linear"},"policies":[{"type":"uniform"},{"type":"oracle"}],)";

TEST_F(SweepTest, WithoutAxesHasACellAPolicy) {
  const auto experiment = load(kHead + "\"seeds\":2}");
  ASSERT_EQ(experiment.cells.size(), 2u);
  EXPECT_EQ(experiment.cells[0].policy_label, "uniform");
  EXPECT_EQ(experiment.cells[0].policy_type->name, "uniform");
  EXPECT_EQ(experiment.cells[1].policy_label, "oracle");
  EXPECT_TRUE(experiment.cells[0].swept_values.empty());
  EXPECT_EQ(experiment.cells[0].environment, experiment.cells[1].environment);
  EXPECT_THAT(experiment.seeds, ElementsAre(0u, 1u));
  EXPECT_EQ(experiment.name, "f");
}

TEST_F(SweepTest, RunsTheLastPathFastestForEachPolicy) {
  const auto experiment =
      load(kHead + R"("sweep":{"environment.dim":[2,3],"environment.noise":[0.5,1.0,1e-3]}})");
  std::vector<std::string> rows;
  for (const auto& cell : experiment.cells) {
    rows.push_back(cell.policy_label + ' ' + cell.swept_values[0] + ' ' + cell.swept_values[1]);
    EXPECT_EQ(std::to_string(cell.environment->facts().shape.dim), cell.swept_values[0]);
  }
  EXPECT_THAT(rows, ElementsAre("uniform 2 0.5", "uniform 2 1", "uniform 2 0.001", "uniform 3 0.5",
                                "uniform 3 1", "uniform 3 0.001", "oracle 2 0.5", "oracle 2 1",
                                "oracle 2 0.001", "oracle 3 0.5", "oracle 3 1", "oracle 3 0.001"));
}

TEST_F(SweepTest, SharesAnEnvironmentBetweenCellsThatAgreeOnIt) {
  const auto experiment = load(kHead + R"("sweep":{"environment.dim":[2,3],"horizon":[5,6]}})");
  std::set<const EnvironmentSpec*> distinct;
  for (const auto& cell : experiment.cells) distinct.insert(cell.environment.get());
  EXPECT_EQ(experiment.cells.size(), 8u);
  EXPECT_EQ(distinct.size(), 2u);
  EXPECT_EQ(experiment.cells[1].horizon, 6);
}

TEST_F(SweepTest, SweepsTheTypeOfTheWorldWithItsOwnDefaults) {
  const std::string text =
      kHead + R"("sweep":{"environment.type":["linear","quadratic","quadratic_form"]}})";
  const auto experiment = load(text);
  std::vector<std::string> types;
  for (const auto& cell : experiment.cells) types.push_back(cell.swept_values[0]);
  EXPECT_THAT(types, ElementsAre("linear", "quadratic", "quadratic_form", "linear", "quadratic",
                                 "quadratic_form"));
  EXPECT_THAT(experiment.cells[1].identity, testing::HasSubstr("\"scale\":10"));
  EXPECT_THAT(experiment.cells[2].identity, testing::Not(testing::HasSubstr("\"parameter\"")));
}

TEST_F(SweepTest, SweepsWholeWorlds) {
  const auto experiment =
      load(kHead + R"("sweep":{"environment":[{"type":"cosine","dim":2},{"type":"linear"}]}})");
  EXPECT_EQ(experiment.cells[0].environment_type->name, "cosine");
  EXPECT_EQ(experiment.cells[1].environment_type->name, "linear");
  EXPECT_THAT(experiment.cells[0].swept_values[0],
              testing::StartsWith(R"({"type":"cosine","dim":2,"arms":4,)"));
}

TEST_F(SweepTest, MaySupplyWhatTheConfigLacks) {
  const auto experiment = load(
      R"({"environment":{},"policies":[{"type":"uniform"}],"sweep":{"horizon":[5],"environment.type":["linear"]}})");
  EXPECT_EQ(experiment.cells.at(0).horizon, 5);
}

TEST_F(SweepTest, GivesEachCellAnIdentityOfItsOwn) {
  const auto experiment = load(kHead + R"("sweep":{"environment.dim":[2,3],"horizon":[5,6]}})");
  std::set<std::string> identities;
  for (const auto& cell : experiment.cells) identities.insert(cell.identity);
  EXPECT_EQ(identities.size(), experiment.cells.size());
}

}  // namespace
}  // namespace cbsim
