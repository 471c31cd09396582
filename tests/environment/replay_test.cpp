#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/environment.hpp"
#include "support/configure.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace environments {
EnvironmentType replay();
}

namespace {

using Spec = std::unique_ptr<EnvironmentSpec>;

Spec loaded(const std::string& content,
            const std::function<void(EnvironmentSpec&)>& configure = {}) {
  Spec spec = environments::replay().make();
  test::set_file(*spec, "path", "f.csv", content);
  if (configure) configure(*spec);
  spec->load();
  return spec;
}

const std::string kThreeRows = "x1,x2,arm,reward\n1,2,0,0.5\n3,4,2,-1\n5,6,0,2\n";

TEST(Replay, FactsAreReadOffTheFile) {
  const EnvironmentFacts facts = loaded(kThreeRows)->facts();
  EXPECT_EQ(facts.shape, (ContextShape{.arms = 3, .dim = 2, .blocks = 3}));
  EXPECT_EQ(facts.rounds, 3);
  EXPECT_FALSE(facts.expected_known);
  EXPECT_FALSE(facts.hidden_parameter);
  const auto five = [](auto& s) { test::set(s, "arms", 5); };
  EXPECT_EQ(loaded(kThreeRows, five)->facts().shape.arms, 5);
}

TEST(Replay, DealsTheContextsAndAcceptsTheArmThatWasLogged) {
  const auto environment = loaded(kThreeRows)->create(1);
  EXPECT_EQ(environment->length(), 3);
  Round round;
  environment->deal(2, round);
  for (Index arm = 0; arm < 3; ++arm) {
    EXPECT_EQ(round.contexts[arm].block, arm);
    EXPECT_EQ(Vector(round.contexts[arm].x), Eigen::Vector2d(3, 4));
    EXPECT_EQ(environment->accepts(2, arm), arm == 2);
    EXPECT_EQ(std::isnan(round.rewards(arm)), arm != 2);
  }
  EXPECT_EQ(round.rewards(2), -1.0);
  EXPECT_EQ(round.expected.size(), 0);
  environment->deal(3, round);
  EXPECT_EQ(round.rewards(0), 2.0);
  EXPECT_TRUE(std::isnan(round.rewards(2)));
  EXPECT_EQ(environment->arrival(3), 3);
}

TEST(Replay, OneHotArmAppendsTheArm) {
  const Spec spec =
      loaded(kThreeRows, [](auto& s) { test::set_word(s, "encoding", "one_hot_arm"); });
  EXPECT_EQ(spec->facts().shape, (ContextShape{.arms = 3, .dim = 5, .blocks = 1}));
  Round round;
  spec->create(1)->deal(2, round);
  Matrix expected(5, 3);
  expected << 3, 3, 3, 4, 4, 4, Matrix::Identity(3, 3);
  EXPECT_EQ(round.contexts.values(), expected);
}

TEST(Replay, ManagesASingleArm) {
  for (const char* encoding : {"disjoint", "one_hot_arm"}) {
    const Spec spec =
        loaded("x1,arm,reward\n7,0,1\n", [&](auto& s) { test::set_word(s, "encoding", encoding); });
    Round round;
    const auto environment = spec->create(1);
    environment->deal(1, round);
    EXPECT_EQ(round.contexts[0].x(0), 7.0) << encoding;
    EXPECT_EQ(round.contexts[0].x.size(), spec->facts().shape.dim);
    EXPECT_TRUE(environment->accepts(1, 0));
  }
}

TEST(Replay, ShuffleGoesThroughTheLogInAnOrderOfTheSeed) {
  std::string text = "x1,arm,reward\n";
  for (int i = 0; i < 50; ++i) {
    text += std::to_string(i) + ',' + std::to_string(i % 4) + ',' + std::to_string(2 * i) + '\n';
  }
  const auto order = [](const EnvironmentSpec& spec, Seed seed) {
    const auto environment = spec.create(seed);
    std::vector<double> rows;
    Round round;
    for (Index t = 1; t <= 50; ++t) {
      environment->deal(t, round);
      const double row = round.contexts[0].x(0);
      const Index arm = static_cast<Index>(row) % 4;
      EXPECT_EQ(round.rewards(arm), 2 * row);
      EXPECT_TRUE(environment->accepts(t, arm));
      EXPECT_FALSE(environment->accepts(t, (arm + 1) % 4));
      rows.push_back(row);
    }
    return rows;
  };
  const Spec plain = loaded(text);
  EXPECT_EQ(order(*plain, 1), order(*plain, 2));
  EXPECT_EQ(order(*plain, 1)[17], 17.0);
  const Spec shuffled = loaded(text, [](auto& s) { test::set(s, "shuffle", true); });
  const auto first = order(*shuffled, 1);
  EXPECT_EQ(first, order(*shuffled, 1));
  EXPECT_NE(first, order(*shuffled, 2));
  EXPECT_EQ((std::set<double>{first.begin(), first.end()}).size(), 50u);
}

TEST(Replay, AcceptsWithTheLeastPropensityOverThatOfTheRow) {
  // Rows of propensity 0.2 always count, those of 0.8 one time in four.
  std::string text = "x1,arm,reward,propensity\n";
  constexpr Index kRows = 20000;
  for (Index i = 0; i < kRows; ++i) text += i % 2 == 0 ? "1,0,1,0.2\n" : "1,0,1,0.8\n";
  const Spec spec = loaded(text);
  const auto environment = spec->create(1), other = spec->create(2);
  double rare = 0.0, frequent = 0.0, same = 0.0;
  for (Index t = 1; t <= kRows; ++t) {
    const bool accepted = environment->accepts(t, 0);
    EXPECT_EQ(environment->accepts(t, 0), accepted);  // a function of seed and round
    EXPECT_FALSE(environment->accepts(t, 1));
    (t % 2 == 1 ? rare : frequent) += accepted ? 1.0 : 0.0;
    if (t % 2 == 0) same += accepted == other->accepts(t, 0) ? 1.0 : 0.0;
  }
  const double n = kRows / 2.0, p = 0.25;
  EXPECT_EQ(rare, n);
  EXPECT_LT(std::abs(frequent / n - p), test::kNormalBound * std::sqrt(p * (1 - p) / n));
  // Independent seeds agree with probability p^2 + (1 - p)^2 = 0.625.
  EXPECT_LT(std::abs(same / n - 0.625), test::kNormalBound * std::sqrt(0.625 * 0.375 / n));
}

TEST(Replay, RefusesContextsThatAreTooLarge) {
  const auto configure = [](auto& s) {
    test::set(s, "arms", 20000);
    test::set_word(s, "encoding", "one_hot_arm");
  };
  EXPECT_EQ(test::message_of<InputError>([&] { loaded(kThreeRows, configure); }),
            "f.csv: 20000 arms are too many for encoding one_hot_arm; use disjoint");
  EXPECT_EQ(test::message_of<InputError>([] { loaded("x1,arm,reward\n1,0,oops\n"); }),
            "f.csv:2: column 'reward': 'oops' is not a finite number of at most 1e150 in "
            "magnitude");
}

}  // namespace
}  // namespace cbsim
