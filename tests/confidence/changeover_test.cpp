#include "cbsim/confidence/changeover.hpp"

#include <gtest/gtest.h>

#include "cbsim/training/network.hpp"

namespace cbsim {
namespace {

/// The cost of a run, round by round.
double cost_of_run(const FormCosts& costs, Index horizon, std::optional<Index> primal_from) {
  double sum = 0.0;
  for (Index i = 0; i < horizon; ++i) {
    const auto t = static_cast<double>(i);
    if (primal_from == i && i > 0) sum += costs.build * t + costs.invert;
    sum +=
        primal_from && i >= *primal_from ? costs.primal : costs.solve * t * t + costs.products * t;
  }
  return sum;
}

TEST(Changeover, IsTheBestOfAll) {
  int never = 0, at_once = 0, later = 0;
  for (const Index dim : {1, 5, 20}) {
    for (const Index width : {1, 4, 10}) {
      const Network network({.dim = dim, .width = width, .depth = 2});
      for (const Index horizon : {1, 2, 10, 100, 500, 2000}) {
        for (const Index arms : {1, 4, 30}) {
          const FormCosts costs = form_costs(network.layout(), arms);
          std::optional<Index> best;
          double least = cost_of_run(costs, horizon, best);
          for (Index t = 0; t<horizon; t += horizon> 500 ? 7 : 1) {
            const double cost = cost_of_run(costs, horizon, t);
            if (cost < least) least = cost, best = t;
          }
          const std::optional<Index> found = cheapest_changeover(costs, horizon);
          // Its cost is a closed form: an integral instead of the sum over the rounds.
          EXPECT_LE(cost_of_run(costs, horizon, found), 1.02 * least + 2.0 * costs.primal)
              << "p = " << network.parameters() << ", horizon " << horizon << ", arms " << arms;
          (!found ? never : *found == 0 ? at_once : later) += 1;
        }
      }
    }
  }
  EXPECT_GT(never, 5);
  EXPECT_GT(at_once, 5);
  EXPECT_GT(later, 5);
}

TEST(Changeover, OfCornerSizes) {
  const auto found = [](Index dim, Index width, Index blocks, Index arms, Index horizon) {
    const Network network({.dim = dim, .blocks = blocks, .width = width, .depth = 2});
    return cheapest_changeover(form_costs(network.layout(), arms), horizon);
  };
  EXPECT_EQ(found(1, 1, 1, 1, 0), std::nullopt);
  EXPECT_EQ(found(1, 1, 1, 1, 1'000'000'000), 0);                  // p = 2
  EXPECT_EQ(found(784, 100, 10, 10, 10'000), std::nullopt);        // p = 784,100: Z has 4.9 TB
  EXPECT_EQ(found(100'000, 100'000, 100, 1000, 1), std::nullopt);  // p = 10^12
  const auto middle = found(20, 20, 1, 4, 10'000);                 // p = 420
  ASSERT_TRUE(middle.has_value());
  EXPECT_GT(*middle, 420);
  EXPECT_LT(*middle, 4 * 420);
  // A longer run does not change when.
  EXPECT_EQ(found(20, 20, 1, 4, 20'000), middle);
  // Never in the last round: there is nothing left to score.
  EXPECT_EQ(found(20, 20, 1, 4, *middle), std::nullopt);
}

}  // namespace
}  // namespace cbsim
