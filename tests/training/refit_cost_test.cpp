#include "cbsim/training/refit_cost.hpp"

#include <gtest/gtest.h>

namespace cbsim {
namespace {

RefitSettings at_a_fixed_rate() {
  RefitSettings settings;
  settings.learning_rate = 0.1;
  return settings;
}

RefitSettings from_the_start() {
  RefitSettings settings = at_a_fixed_rate();
  settings.objective.descent_from_initial = true;
  return settings;
}

TEST(RefitCost, CountsForwardAndBackwardOfEveryLayer) {
  // W_1 3 x 5, W_2 and W_3 3 x 3, W_4 1 x 3, on 7 samples: two products for W_1 and W_4 (forward,
  // gradient), three for the layers between, two operations a number. One evaluation for the start.
  const Network network({.dim = 5, .width = 3, .depth = 4});
  const double evaluation = 4 * (3 * 5) * 7 + 6 * (9 + 9) * 7 + 4 * 3 * 7;
  EXPECT_EQ(refit_cost(network, at_a_fixed_rate(), 7, 10).operations, 11 * evaluation);
}

TEST(RefitCost, TakesTheFirstLayerInDualFormWhereThatIsCheaper) {
  const Network network({.dim = 5, .width = 3, .depth = 2});
  const auto cost = [&](Index t, const RefitSettings& settings) {
    return refit_cost(network, settings, t, 1).operations / 2;
  };
  EXPECT_EQ(cost(9, from_the_start()), 2 * 3 * 9 * 9 + 4 * 3 * 9);  // H_1 = C Gamma
  EXPECT_EQ(cost(10, from_the_start()), 4 * 3 * 5 * 10 + 4 * 3 * 10);
  EXPECT_EQ(cost(9, at_a_fixed_rate()), 4 * 3 * 5 * 9 + 4 * 3 * 9);
  RefitSettings adam = from_the_start();
  adam.optimizer = Optimizer::adam;
  EXPECT_EQ(cost(9, adam), 4 * 3 * 5 * 9 + 4 * 3 * 9);
}

TEST(RefitCost, SpreadsTheSamplesOverTheBlocks) {
  const Network network({.dim = 5, .blocks = 4, .width = 3, .depth = 2});
  EXPECT_EQ(refit_cost(network, from_the_start(), 36, 0).operations,
            4 * (2 * 3 * 9 * 9) + 4 * 3 * 36);
}

TEST(RefitCost, CountsABatchForAStep) {
  const Network network({.dim = 5, .width = 3, .depth = 2});
  RefitSettings settings = at_a_fixed_rate();
  settings.optimizer = Optimizer::sgd;
  settings.batch = 2;
  EXPECT_EQ(refit_cost(network, settings, 100, 10).operations, (10 * 2 + 100) * (4 * 15 + 12));
}

TEST(RefitCost, CountsTheVectorsOfADescent) {
  const Network network({.dim = 1000, .width = 10, .depth = 2});
  const double p = 10010;
  const double adam_moments = 2 * p;
  RefitSettings settings = at_a_fixed_rate();
  const double gd = refit_cost(network, settings, 1, 1).bytes;
  EXPECT_NEAR(gd, 8 * 3 * p, 0.1 * gd);
  settings.optimizer = Optimizer::adam;
  EXPECT_DOUBLE_EQ(refit_cost(network, settings, 1, 1).bytes, gd + 8 * adam_moments);
  settings.precision = Precision::single_precision;
  EXPECT_DOUBLE_EQ(refit_cost(network, settings, 1, 1).bytes, (gd + 8 * adam_moments) / 2);
}

TEST(RefitCost, CountsTheHistoryAndItsGramMatrix) {
  const Network network({.dim = 1000, .width = 2, .depth = 2});
  const double history = refit_cost(network, at_a_fixed_rate(), 1999, 1).bytes;
  EXPECT_NEAR(history, 8 * 1.4 * 1000 * 1999, 0.01 * history);
  const double with_gram = refit_cost(network, from_the_start(), 1999, 1).bytes;
  EXPECT_NEAR(with_gram, 8 * 1.4 * (1000 * 1999 + 1999 * 1999), 0.01 * with_gram);
}

}  // namespace
}  // namespace cbsim
