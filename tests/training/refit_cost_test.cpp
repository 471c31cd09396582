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

// 64 samples are whole panels of any kernel.

TEST(RefitCost, CountsForwardAndBackwardOfEveryLayer) {
  // W_1 3 x 5, W_2 and W_3 3 x 3, W_4 1 x 3: two products for W_1 and W_4 (forward, gradient),
  // three for the layers between, two operations a number. One evaluation more for the start.
  const Network network({.dim = 5, .width = 3, .depth = 4});
  const double evaluation = 64 * (4 * (3 * 5) + 6 * (9 + 9) + 4 * 3);
  EXPECT_EQ(refit_cost(network, at_a_fixed_rate(), 64, 10).operations, 11 * evaluation);
  EXPECT_EQ(refit_cost(network, at_a_fixed_rate(), 63, 10).operations, 11 * evaluation);
}

TEST(RefitCost, TakesTheFirstLayerInDualFormWhereThatIsCheaper) {
  const auto cost = [](Index dim, const RefitSettings& settings) {
    const Network network({.dim = dim, .width = 3, .depth = 2});
    return refit_cost(network, settings, 64, 1).operations / 2;
  };
  EXPECT_EQ(cost(33, from_the_start()), 2 * 3 * 64 * 64 + 4 * 3 * 64);  // H_1 = C Gamma
  EXPECT_EQ(cost(32, from_the_start()), 4 * 3 * 32 * 64 + 4 * 3 * 64);
  EXPECT_EQ(cost(33, at_a_fixed_rate()), 4 * 3 * 33 * 64 + 4 * 3 * 64);
  RefitSettings adam = from_the_start();
  adam.optimizer = Optimizer::adam;
  EXPECT_EQ(cost(33, adam), 4 * 3 * 33 * 64 + 4 * 3 * 64);
}

TEST(RefitCost, SpreadsTheSamplesOverTheBlocks) {
  const Network network({.dim = 50, .blocks = 4, .width = 3, .depth = 2});
  EXPECT_EQ(refit_cost(network, from_the_start(), 4 * 64, 0).operations,
            4 * (2 * 3 * 64 * 64 + 4 * 3 * 64));
  const double a_panel = refit_cost(network, at_a_fixed_rate(), 1, 0).operations;
  EXPECT_EQ(refit_cost(network, at_a_fixed_rate(), 3, 0).operations, 3 * a_panel);
  EXPECT_EQ(refit_cost(network, at_a_fixed_rate(), 5, 0).operations, 4 * a_panel);
}

TEST(RefitCost, CountsABatchForAStep) {
  const Network network({.dim = 5, .width = 3, .depth = 2});
  RefitSettings settings = at_a_fixed_rate();
  settings.optimizer = Optimizer::sgd;
  for (const Index batch : {64, 128}) {
    settings.batch = batch;
    EXPECT_EQ(refit_cost(network, settings, 640, 10).operations,
              static_cast<double>((10 * batch + 640) * (4 * 3 * 5 + 4 * 3)));
  }
  settings.batch = 1;
  EXPECT_LT(refit_cost(network, settings, 640, 10).operations, 2 * 640 * (4 * 3 * 5 + 4 * 3));
}

TEST(RefitCost, CountsTheVectorsOfADescent) {
  const Network network({.dim = 10'000, .width = 10, .depth = 2});
  const double p = 100'010;
  const double adam_moments = 2 * p;
  RefitSettings settings = at_a_fixed_rate();
  const double gd = refit_cost(network, settings, 1, 1).bytes;
  EXPECT_NEAR(gd, 8 * 5 * p, 0.05 * gd);  // and W_1 packed, twice
  settings.optimizer = Optimizer::adam;
  EXPECT_DOUBLE_EQ(refit_cost(network, settings, 1, 1).bytes, gd + 8 * adam_moments);
  settings.precision = Precision::single_precision;
  const double single = refit_cost(network, settings, 1, 1).bytes;
  EXPECT_NEAR(single, (gd + 8 * adam_moments) / 2, 0.02 * gd);  // but for the work space of chunks
  settings.optimizer = Optimizer::gd;
  EXPECT_DOUBLE_EQ(single, refit_cost(network, settings, 1, 1).bytes + 4 * adam_moments);
}

// In dual form W_1 is held by a coordinate for each sample and unit.
TEST(RefitCost, GoesOverTheCoordinatesOfADescent) {
  const Network network({.dim = 1000, .blocks = 3, .width = 5, .depth = 2});
  const double steps = 7, primal = 5 + 5 * 1000 * 3, dual = 5 + 5 * (3 * 64);
  const auto numbers = [&](const RefitSettings& settings) {
    return refit_cost(network, settings, 3 * 64, static_cast<Index>(steps)).numbers;
  };
  const double work = numbers(at_a_fixed_rate()) / (steps * primal);
  EXPECT_GE(work, 1.0);
  EXPECT_EQ(numbers(from_the_start()), steps * dual * work);
}

TEST(RefitCost, CountsTheHistoryAndItsGramMatrix) {
  const Network network({.dim = 1000, .width = 2, .depth = 2});
  const double history = refit_cost(network, at_a_fixed_rate(), 1999, 1).bytes;
  EXPECT_NEAR(history, 8 * 1.4 * 1000 * 1999, 0.01 * history);
  const double with_gram = refit_cost(network, from_the_start(), 1999, 1).bytes;
  EXPECT_NEAR(with_gram, 8 * (1.4 * 1000 * 1999 + 2.0 * 1999 * 1999), 0.01 * with_gram);
  // Beyond 2 d it is given up, but has been held; with many samples the history takes more.
  const double later = refit_cost(network, from_the_start(), 4000, 1).bytes;
  EXPECT_NEAR(later, with_gram, 0.01 * later);
  const double much_later = refit_cost(network, from_the_start(), 20000, 1).bytes;
  EXPECT_NEAR(much_later, 8 * 1.4 * 1000 * 20000, 0.01 * much_later);
}

// One arm may have been played in all rounds but those that the others need to be in dual form.
TEST(RefitCost, CountsTheGramMatricesOfAllBlocksButOneInTheEnd) {
  const Network network({.dim = 1000, .blocks = 3, .width = 2, .depth = 2});
  const double bytes = refit_cost(network, from_the_start(), 20000, 1).bytes;
  EXPECT_NEAR(bytes, 8 * (1.4 * 1000 * 20000 + 2 * 2.0 * 1999 * 1999), 0.01 * bytes);
}

}  // namespace
}  // namespace cbsim
