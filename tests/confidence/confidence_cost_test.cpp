#include "cbsim/confidence/confidence_cost.hpp"

#include <gtest/gtest.h>

#include "cbsim/confidence/changeover.hpp"

namespace cbsim {
namespace {

TEST(ConfidenceCost, OfTheDualForm) {
  // The factors of a gradient: 100 + 784 for W_1, 1 + 100 for W_2.
  const Network network({.dim = 784, .blocks = 10, .width = 100, .depth = 2});
  const ConfidenceSetup setup{.horizon = 5000, .arms = 10};
  const auto cost = confidence_cost(ConfidenceKind::full, network, setup, 5000);
  EXPECT_EQ(cost.operations, 10.0 * (5000.0 * 5000.0 + 2.0 * 985.0 * 5000.0));
  EXPECT_EQ(cost.bytes, 8.0 * (5000.0 * 2500.0 + 5000.0 * (985.0 + 20.0)));
}

TEST(ConfidenceCost, FollowsTheChangeover) {
  const Network network({.dim = 20, .width = 20, .depth = 2});
  const double p = 420.0;
  const ConfidenceSetup setup{.horizon = 10'000, .arms = 4};
  const auto from = cheapest_changeover(form_costs(network.layout(), 4), 10'000);
  ASSERT_TRUE(from && *from > 100);
  const auto t = static_cast<double>(*from);
  const auto cost = [&](Index round) {
    return confidence_cost(ConfidenceKind::full, network, setup, round);
  };
  EXPECT_EQ(cost(*from).operations, 4.0 * (t * t + 2.0 * 61.0 * t));
  EXPECT_EQ(cost(*from + 1).operations, 2.0 * p * p * 6.0 + p * p * (p + t));
  EXPECT_EQ(cost(10'000).operations, 2.0 * p * p * 6.0);
  EXPECT_EQ(cost(10'000).bytes, std::max(cost(*from).bytes, cost(*from + 1).bytes));
}

TEST(ConfidenceCost, OfADiagonalTouchesOneBlock) {
  const Network network({.dim = 3, .blocks = 5, .width = 2, .depth = 2});
  const auto cost =
      confidence_cost(ConfidenceKind::diagonal, network, {.horizon = 100, .arms = 5}, 7);
  EXPECT_EQ(cost.operations, 4.0 * (2 * 3 + 2) * 6.0);
  EXPECT_EQ(cost.bytes, 8.0 * (2 * 3 * 5 + 2));
}

TEST(ConfidenceCost, OfTheLastLayerIsThatOfAFullZOverItAlone) {
  const Network network({.dim = 50, .width = 10, .depth = 3});
  const auto cost =
      confidence_cost(ConfidenceKind::last_layer, network, {.horizon = 100'000, .arms = 4}, 90'000);
  EXPECT_EQ(cost.operations, 2.0 * 10.0 * 10.0 * 6.0);
}

}  // namespace
}  // namespace cbsim
