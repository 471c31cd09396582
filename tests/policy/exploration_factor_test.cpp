#include "cbsim/policy/exploration_factor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/registry.hpp"
#include "experiment/read_settings.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace {

ExplorationFactor factor_of(ExplorationFactor::Kind kind) {
  ExplorationFactor factor(0.3);
  factor.kind = kind;
  return factor;
}

TEST(ExplorationFactor, IsTheConstant) {
  EXPECT_EQ(factor_of(ExplorationFactor::Kind::constant).value(1, {.t = 9, .log_det = 4}), 0.3);
}

TEST(ExplorationFactor, DecaysWithTheRound) {
  ExplorationFactor factor = factor_of(ExplorationFactor::Kind::decay);
  factor.decay = {.initial = 6, .power = 0.5};
  EXPECT_EQ(factor.value(1, {}), 6);
  EXPECT_NEAR(factor.value(9, {.t = 5}), 2, 1e-15);
}

TEST(ExplorationFactor, IsSelfNormalized) {
  ExplorationFactor factor = factor_of(ExplorationFactor::Kind::self_normalized);
  factor.nu = 2;
  factor.delta = std::exp(-2.0);
  factor.s = 3;
  // 2 sqrt(5 + 4) + sqrt(4) 3
  EXPECT_NEAR(factor.value(1, {.t = 1, .log_det = 5, .lambda = 4}), 12.0, 1e-12);
}

// The published formula at m = 20, L = 2, lambda = 1, C = 1: about 5e4 at t = 10 and 8e10 at 1000.
TEST(ExplorationFactor, IsAstronomicalForTheTheorem) {
  const ExplorationFactor factor = factor_of(ExplorationFactor::Kind::theorem);
  const ConfidenceState state{.t = 10,
                              .log_det = 20,
                              .lambda = 1,
                              .width = 20,
                              .depth = 2,
                              .learning_rate = 1,
                              .steps = 100};
  ConfidenceState later = state;
  later.t = 1000;
  EXPECT_GT(factor.value(1, state), 2e4);
  EXPECT_LT(factor.value(1, state), 1e5);
  EXPECT_GT(factor.value(1, later), 4e10);
  EXPECT_LT(factor.value(1, later), 1.6e11);
}

// The same formula evaluated once in Python, with every symbol different from 1.
TEST(ExplorationFactor, IsTheTheoremsValueForGeneralSymbols) {
  ExplorationFactor factor = factor_of(ExplorationFactor::Kind::theorem);
  factor.nu = 0.7;
  factor.delta = 0.05;
  factor.s = 2;
  factor.c = {0.3, 0.2, 0.1};
  const double expected = 18052766.802669264;
  EXPECT_NEAR(factor.value(1, {.t = 50,
                               .log_det = 7,
                               .lambda = 0.5,
                               .width = 20,
                               .depth = 3,
                               .learning_rate = 1e-4,
                               .steps = 30}),
              expected, 1e-12 * expected);
}

TEST(ExplorationFactor, IsTheTheoremsTermByTerm) {
  ExplorationFactor factor = factor_of(ExplorationFactor::Kind::theorem);
  factor.c = {0, 0, 0};
  factor.nu = 1;
  factor.s = 0;
  factor.delta = std::exp(-0.5);
  ConfidenceState state{
      .t = 4, .log_det = 3, .lambda = 1, .width = 1, .depth = 1, .learning_rate = 0.5, .steps = 2};
  // m = 1 makes log m = 0 and with it every term in m^{-1/6} sqrt(log m):
  // sqrt(3 + 1) + (1 - 0.5)^{1} sqrt(4) lambda
  EXPECT_NEAR(factor.value(1, state), 2.0 + 0.5 * 2.0, 1e-12);
  state.learning_rate = 3;  // 1 - eta m lambda clamped at 0
  EXPECT_NEAR(factor.value(1, state), 2.0, 1e-12);
}

TEST(ExplorationFactor, TakesThreeConstantsForTheTheorem) {
  const auto read = [](const std::string& constants) {
    return test::message_of<InputError>([&] {
      read_settings(*find_policy_type("neural_ucb")->make(),
                    R"({"gamma":{"schedule":"theorem","C":)" + constants + "}}");
    });
  };
  EXPECT_EQ(read("[1,2,3]"), "(no error)");
  EXPECT_THAT(read("[1,2]"), ::testing::HasSubstr("/gamma/C"));
  EXPECT_THAT(read("[1,2,3,4]"), ::testing::HasSubstr("/gamma/C"));
  EXPECT_THAT(read("[1,2,-3]"), ::testing::HasSubstr("/gamma/C"));
}

}  // namespace
}  // namespace cbsim
