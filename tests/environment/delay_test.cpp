#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "cbsim/environment/wrapper.hpp"
#include "support/configure.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace environments {
EnvironmentType linear();
}
namespace wrappers {
WrapperType delay();
}

namespace {

using World = std::shared_ptr<const EnvironmentSpec>;

World linear() { return environments::linear().make(); }

World late(const World& inner, int rounds) {
  std::shared_ptr<WrapperSpec> wrapper = wrappers::delay().make();
  test::set(*wrapper, "rounds", rounds);
  return wrap(inner, wrapper);
}

World late(const World& inner, std::string_view law, std::string_view field, double value) {
  std::shared_ptr<WrapperSpec> wrapper = wrappers::delay().make();
  test::set_form(*wrapper, "rounds", law, field, value);
  return wrap(inner, wrapper);
}

TEST(Delay, IsTenRoundsByDefault) {
  const auto environment = wrap(linear(), wrappers::delay().make())->create(1);
  EXPECT_EQ(environment->arrival(1), 11);
}

TEST(Delay, ShiftsArrivalsByAFixedNumberOfRounds) {
  const auto environment = late(linear(), 3)->create(1);
  for (const Index t : {1, 2, 100}) EXPECT_EQ(environment->arrival(t), t + 3);
  EXPECT_EQ(late(linear(), 0)->create(1)->arrival(7), 7);
}

TEST(Delay, LetsABatchArriveAtItsEnd) {
  const auto environment = late(linear(), "batch", "size", 4)->create(1);
  std::vector<Index> arrivals;
  for (Index t = 1; t <= 9; ++t) arrivals.push_back(environment->arrival(t));
  EXPECT_EQ(arrivals, (std::vector<Index>{4, 4, 4, 4, 8, 8, 8, 8, 12}));
  EXPECT_EQ(late(linear(), "batch", "size", 1)->create(1)->arrival(5), 5);
}

TEST(Delay, DrawsGeometricDelays) {
  // P(D = k) = (1 - q) q^k with q = mean/(1 + mean): cells 0..8 and the rest, of mean 3.
  const auto environment = late(linear(), "geometric", "mean", 3.0)->create(5);
  constexpr Index kDraws = 40000;
  std::vector<double> counts(10, 0.0);
  double sum = 0.0;
  for (Index t = 1; t <= kDraws; ++t) {
    const Index delay = environment->arrival(t) - t;
    ASSERT_GE(delay, 0);
    sum += static_cast<double>(delay);
    counts[static_cast<std::size_t>(std::min<Index>(delay, 9))] += 1.0;
  }
  double statistic = 0.0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    const double tail = std::pow(0.75, static_cast<double>(k));
    const double expected = static_cast<double>(kDraws) * (k < 9 ? 0.25 * tail : tail);
    statistic += (counts[k] - expected) * (counts[k] - expected) / expected;
  }
  EXPECT_LT(statistic, test::chi_squared_bound(9));
  // The variance of the law is mean (1 + mean) = 12.
  const double n = static_cast<double>(kDraws);
  EXPECT_LT(std::abs(sum / n - 3.0), test::kNormalBound * std::sqrt(12.0 / n));
  EXPECT_EQ(late(linear(), "geometric", "mean", 0.0)->create(5)->arrival(9), 9);
}

TEST(Delay, DrawsByTheSeedAndTheRoundAlone) {
  const World world = late(linear(), "geometric", "mean", 50.0);
  const auto a = world->create(1), again = world->create(1), b = world->create(2);
  std::vector<Index> first, second;
  for (Index t = 1; t <= 20; ++t) first.push_back(a->arrival(t));
  for (Index t = 1; t <= 20; ++t) second.push_back(b->arrival(t));
  EXPECT_NE(first, second);
  for (Index t = 20; t >= 1; --t) {
    EXPECT_EQ(again->arrival(t), first[static_cast<std::size_t>(t - 1)]);
  }
}

TEST(Delay, AddsToADelayBelowIt) {
  EXPECT_EQ(late(late(linear(), 3), 4)->create(1)->arrival(10), 17);
  EXPECT_EQ(late(late(linear(), 3), "batch", "size", 5)->create(1)->arrival(10), 15);
  EXPECT_EQ(late(late(linear(), "batch", "size", 5), 3)->create(1)->arrival(6), 13);
  EXPECT_EQ(late(late(linear(), "batch", "size", 5), 3)->facts().pending, 8.0);
  EXPECT_EQ(late(late(linear(), "geometric", "mean", 2.5), 3)->facts().pending, 5.5);
}

TEST(Delay, LeavesTheRoundsAsTheyAre) {
  const World plain = linear(), delayed = late(plain, 5);
  EXPECT_EQ(delayed->facts().shape, plain->facts().shape);
  EXPECT_TRUE(delayed->facts().hidden_parameter);
  Round a, b;
  const auto inner = plain->create(4), outer = delayed->create(4);
  for (Index t = 1; t <= 5; ++t) {
    inner->deal(t, a);
    outer->deal(t, b);
    EXPECT_EQ(a.contexts.values(), b.contexts.values());
    EXPECT_EQ(a.rewards, b.rewards);
    EXPECT_EQ(a.expected, b.expected);
    EXPECT_TRUE(outer->accepts(t, 0));
  }
  EXPECT_EQ(outer->length(), inner->length());
}

}  // namespace
}  // namespace cbsim
