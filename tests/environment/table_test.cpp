#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/environment.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace environments {
EnvironmentType table();
}

namespace {

using Spec = std::unique_ptr<EnvironmentSpec>;

Spec loaded(const std::string& content,
            const std::function<void(EnvironmentSpec&)>& configure = {}) {
  Spec spec = environments::table().make();
  test::set_file(*spec, "path", "f.csv", content);
  if (configure) configure(*spec);
  spec->load();
  return spec;
}

/// n rounds of two arms: x = 10 t + arm, reward = t + arm / 2.
std::string counting(int n) {
  std::string text = "t,arm,x1,reward\n";
  for (int t = 1; t <= n; ++t) {
    for (int a = 0; a < 2; ++a) {
      text += std::to_string(t) + "," + std::to_string(a) + "," + std::to_string(10 * t + a) + "," +
              std::to_string(t) + (a == 0 ? ".0\n" : ".5\n");
    }
  }
  return text;
}

std::vector<double> order_of(const EnvironmentSpec& spec, Seed seed) {
  const auto environment = spec.create(seed);
  Round round;
  std::vector<double> rounds;
  for (Index t = 1; t <= spec.facts().rounds; ++t) {
    environment->deal(t, round);
    rounds.push_back(round.rewards(0));
    EXPECT_EQ(round.contexts.values(),
              Eigen::RowVector2d(10 * round.rewards(0), 10 * round.rewards(0) + 1));
    EXPECT_EQ(round.rewards(1), round.rewards(0) + 0.5);
  }
  return rounds;
}

TEST(Table, FactsAreReadOffTheFile) {
  const EnvironmentFacts facts = loaded(counting(5))->facts();
  EXPECT_EQ(facts.shape, (ContextShape{.arms = 2, .dim = 1, .blocks = 1}));
  EXPECT_EQ(facts.rounds, 5);
  EXPECT_FALSE(facts.expected_known);
}

TEST(Table, DealsTheRoundsOfTheFileInOrder) {
  const Spec spec = loaded(counting(5));
  EXPECT_THAT(order_of(*spec, 1), testing::ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(order_of(*spec, 2), testing::ElementsAre(1, 2, 3, 4, 5));
}

TEST(Table, ShuffleDealsEveryRoundOnceInAnOrderOfTheSeed) {
  const Spec spec = loaded(counting(50), [](auto& s) { test::set(s, "shuffle", true); });
  const auto first = order_of(*spec, 1);
  EXPECT_EQ(order_of(*spec, 1), first);
  EXPECT_NE(order_of(*spec, 2), first);
  EXPECT_EQ((std::set<double>{first.begin(), first.end()}).size(), 50U);
}

TEST(Table, ExpectedRewardsAreKnownWhereTheColumnIs) {
  const Spec known = loaded("t,arm,x1,reward,expected_reward\n1,0,1,0,0.25\n1,1,2,1,0.75\n");
  EXPECT_TRUE(known->facts().expected_known);
  Round round;
  known->create(1)->deal(1, round);
  EXPECT_EQ(round.rewards, Eigen::Vector2d(0, 1));
  EXPECT_EQ(round.expected, Eigen::Vector2d(0.25, 0.75));
  loaded(counting(1))->create(1)->deal(1, round);  // storage of another world is reused
  EXPECT_EQ(round.expected.size(), 0);
}

TEST(Table, DisjointContextsShareTheVectorOfTheRound) {
  const Spec spec = loaded("t,arm,x1,x2,reward\n1,0,1,2,0\n1,1,1,2,1\n2,0,3,4,0\n2,1,3,4,1\n",
                           [](auto& s) { test::set_word(s, "encoding", "disjoint"); });
  EXPECT_EQ(spec->facts().shape, (ContextShape{.arms = 2, .dim = 2, .blocks = 2}));
  Round round;
  spec->create(1)->deal(2, round);
  for (Index a = 0; a < 2; ++a) {
    EXPECT_EQ(round.contexts[a].block, a);
    EXPECT_EQ(Vector(round.contexts[a].x), Eigen::Vector2d(3, 4));
  }
}

TEST(Table, ReportsMalformedFiles) {
  EXPECT_EQ(test::message_of<InputError>([] { loaded("t,arm,x1,reward\n1,0,oops,1\n"); }),
            "f.csv:2: column 'x1': 'oops' is not a finite number of at most 1e150 in magnitude");
}

}  // namespace
}  // namespace cbsim
