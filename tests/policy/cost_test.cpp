#include <gmock/gmock.h>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/model/bootstrap_model.hpp"
#include "cbsim/model/neural_lin_ucb_model.hpp"
#include "cbsim/model/neural_linear_model.hpp"
#include "cbsim/model/neural_model.hpp"

namespace cbsim {
namespace {

EnvironmentFacts facts(const ContextShape& shape) { return {.shape = shape}; }

TEST(PolicyCost, OfEveryPolicyIsFiniteAndGrowsWithTheHorizon) {
  for (const PolicyType& type : policy_types()) {
    const auto spec = type.make();
    const RunCost cost = spec->cost(facts({.arms = 4, .dim = 20}), 1000);
    EXPECT_GE(cost.bytes, 0.0) << type.name;
    EXPECT_GE(spec->cost(facts({.arms = 4, .dim = 20}), 2000).bytes, cost.bytes) << type.name;
    EXPECT_GT(cost.round(1).total(), 0.0) << type.name;
    EXPECT_GE(cost.round(1000).total(), cost.round(1).total()) << type.name;
  }
}

TEST(PolicyCost, OfLinUcbIsAMatrixABlock) {
  const auto spec = find_policy_type("lin_ucb")->make();
  const RunCost cost = spec->cost(facts({.arms = 7, .dim = 100, .blocks = 7}), 1000);
  EXPECT_EQ(cost.bytes, 8.0 * 7.0 * (100.0 * 100.0 + 4.0 * 100.0));
  EXPECT_EQ(cost.round(1).operations, 100.0 * 100.0 * 12.0);
  EXPECT_EQ(cost.round(1).refit_operations, 0.0);
}

TEST(PolicyCost, OfGlmUcbIsItsWidthsAndFourNewtonStepsOnTheHistoryOfABlock) {
  const auto spec = find_policy_type("glm_ucb")->make();
  const double widths = 50 * 50 * (5 + 6);
  const auto newton = [](double seen) { return 4 * (4 * 50 * seen + 2 * 50 * 50); };
  const auto shared = spec->cost(facts({.arms = 5, .dim = 50}), 1000).round;
  EXPECT_EQ(shared(100).total(), widths + newton(100));
  const auto disjoint = spec->cost(facts({.arms = 5, .dim = 50, .blocks = 5}), 1000).round;
  EXPECT_EQ(disjoint(100).total(), widths + newton(20));
}

TEST(PolicyCost, OfKernelUcbIsATriangularSolveAnArmAndItsInnerProducts) {
  const auto spec = find_policy_type("kernel_ucb")->make();
  const auto round = spec->cost(facts({.arms = 5, .dim = 50}), 1000).round;
  // The kernel of two contexts is of an inner product and two norms.
  EXPECT_EQ(round(100).total(), 5 * 100 * (100 + 2 * (50 + 2)));
  // What another arm adds: a row of inner products and one of solutions for all contexts.
  const auto bytes = [&](Index arms) {
    return spec->cost(facts({.arms = arms, .dim = 50}), 1000).bytes;
  };
  EXPECT_EQ(bytes(9) - bytes(5), 4 * 8.0 * 2 * 1000);
}

TEST(PolicyCost, OfNeuralLinearHasTheRegressionsAndTheirRefit) {
  const NeuralSettings settings = [] {
    NeuralSettings neural;
    neural.network.width = 30;
    neural.network.depth = 3;
    neural.training.refit.every = 10;
    return neural;
  }();
  const EnvironmentFacts world = facts({.arms = 4, .dim = 20, .blocks = 4});
  const auto own = neural_linear_cost(settings, world, 1000).round;
  const auto greedy = neural_cost(settings, world, 1000, false).round;
  const double regressions = 30 * 30 * (4 + 4 + 5);
  EXPECT_EQ(own(99).operations - greedy(99).operations, regressions);
  // The features of the history, their products, and a factor for each arm.
  const double features = 2 * 2 * (30 * 20 + 30 * 30);
  EXPECT_EQ(own(100).operations - greedy(100).operations,
            regressions + 100 * (features + 30 * 30) + 4 * 30 * 30 * 30 / 3);
  EXPECT_EQ(own(100).refit_operations, greedy(100).refit_operations);
}

TEST(PolicyCost, OfANeuralModelFollowsItsSchedule) {
  NeuralSettings settings;
  settings.training.steps = 30;
  settings.training.refit.until = 10;
  settings.training.refit.then_every = 5;
  const EnvironmentFacts world = facts({.arms = 4, .dim = 20});
  const double p = 100 * 20 + 100;
  const auto round = neural_cost(settings, world, 1000, true).round;
  for (const Index t : {1, 10, 14, 16, 101}) {
    const bool due = t <= 10;
    EXPECT_EQ(round(t).refit_operations > 0.0, due) << t;
    EXPECT_EQ(round(t).refit_numbers > 0.0, due) << t;
  }
  EXPECT_EQ(round(100).refit_numbers, 30 * p);
  settings.training.steps_kind = TrainingSettings::Steps::rounds;
  EXPECT_EQ(neural_cost(settings, world, 1000, true).round(100).refit_numbers, 100 * p);
}

TEST(PolicyCost, OfABootstrapIsThatOfItsNetworksOnTheirShares) {
  const NeuralSettings settings;
  const EnvironmentFacts world = facts({.arms = 4, .dim = 20});
  const RunCost one = neural_cost(settings, world, 1000, false);
  const RunCost five = bootstrap_cost(settings, {.networks = 5, .inclusion = 0.5}, world, 1000);
  EXPECT_EQ(five.bytes, 5.0 * one.bytes);
  // Every network predicts for the average, and the drawn one again.
  EXPECT_EQ(five.round(100).operations, 10.0 * one.round(100).operations);
  EXPECT_EQ(five.round(100).refit_operations, 2.5 * one.round(100).refit_operations);
  EXPECT_EQ(five.round(100).refit_numbers, 5.0 * one.round(100).refit_numbers);
  EXPECT_THAT(five.remedy, ::testing::HasSubstr("fewer networks"));
}

TEST(PolicyCost, OfNeuralLinUcbHasTheMatrixOfItsFeatures) {
  NeuralLinUcbSettings settings;
  settings.features = 1000;
  settings.width = 10;
  const EnvironmentFacts world = facts({.arms = 4, .dim = 20});
  const double bytes = neural_lin_ucb_cost(settings, world, 1).bytes;
  EXPECT_GE(bytes, 8.0 * (1000.0 * 1000.0 + 6.0 * 10.0 * (20.0 + 1000.0)));
  EXPECT_LE(bytes, 8.0 * 1.2 * 1000.0 * 1000.0);
}

TEST(PolicyCost, OfANeuralModelNamesWhatMakesItSmaller) {
  const EnvironmentFacts world = facts({.arms = 4, .dim = 1000});
  NeuralSettings settings;
  EXPECT_THAT(neural_cost(settings, world, 100'000, true).remedy, ::testing::HasSubstr("diagonal"));
  EXPECT_THAT(neural_cost(settings, world, 100'000, false).remedy,
              ::testing::HasSubstr("network.width"));
  settings.confidence = ConfidenceKind::diagonal;
  EXPECT_THAT(neural_cost(settings, world, 100'000, true).remedy,
              ::testing::HasSubstr("network.width"));
}

}  // namespace
}  // namespace cbsim
