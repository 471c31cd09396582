#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "cbsim/environment/environment.hpp"
#include "support/configure.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace environments {
EnvironmentType wheel();
}

namespace {

using Spec = std::unique_ptr<EnvironmentSpec>;

Spec wheel() { return environments::wheel().make(); }

/// Calls act(x, round) for the first rounds of a seed.
template <class Act>
void for_rounds(const EnvironmentSpec& spec, Seed seed, Index rounds, const Act& act) {
  const auto environment = spec.create(seed);
  Round round;
  for (Index t = 1; t <= rounds; ++t) {
    environment->deal(t, round);
    act(Eigen::Vector2d(round.contexts.values().col(0).head(2)), round);
  }
}

TEST(Wheel, ContextsAreUniformInTheDisk) {
  std::vector<double> areas, angles;
  for_rounds(*wheel(), 1, 20000, [&](const Eigen::Vector2d& x, const Round&) {
    areas.push_back(x.squaredNorm());
    angles.push_back(std::atan2(x(1), x(0)) / (2 * std::numbers::pi) + 0.5);
  });
  EXPECT_LT(test::kolmogorov_statistic(areas, test::uniform_cdf), test::kKolmogorovBound);
  EXPECT_LT(test::kolmogorov_statistic(angles, test::uniform_cdf), test::kKolmogorovBound);
  EXPECT_LT(std::abs(test::correlation_statistic(areas, angles)), test::kNormalBound);
}

TEST(Wheel, PaysByRegion) {
  const Spec spec = wheel();
  test::set(*spec, "delta", 0.6);
  test::set(*spec, "mu1", 2.0);
  test::set(*spec, "mu2", 1.0);
  test::set(*spec, "mu3", 7.0);
  std::vector<int> seen(5, 0);
  for_rounds(*spec, 2, 500, [&](const Eigen::Vector2d& x, const Round& round) {
    std::vector<double> expected{1, 1, 1, 1, 2};
    std::size_t region = 4;
    if (x.norm() > 0.6) {
      if (x(0) > 0 && x(1) > 0) region = 0;
      if (x(0) > 0 && x(1) < 0) region = 1;
      if (x(0) < 0 && x(1) > 0) region = 2;
      if (x(0) < 0 && x(1) < 0) region = 3;
      expected[region] = 7;
    }
    ++seen[region];
    EXPECT_EQ((std::vector<double>{round.expected.begin(), round.expected.end()}), expected);
  });
  for (const int count : seen) EXPECT_GT(count, 50);
}

TEST(Wheel, DefaultsAreThoseOfThePaper) {
  // The best arm pays (1 - δ²) 50 + δ² 1.2 = 37.8 on average, with δ = 0.5.
  const Index rounds = 20000;
  double best = 0.0;
  std::vector<double> noise;
  for_rounds(*wheel(), 3, rounds, [&](const Eigen::Vector2d&, const Round& round) {
    best += round.expected.maxCoeff();
    EXPECT_EQ(round.expected(4), 1.2);
    EXPECT_EQ(round.expected.minCoeff(), 1.0);
    for (Index a = 0; a < 5; ++a) noise.push_back((round.rewards(a) - round.expected(a)) / 0.01);
  });
  const double deviation = (50 - 1.2) * std::sqrt(0.25 * 0.75);
  const auto n = static_cast<double>(rounds);
  EXPECT_LT(std::abs(best / n - 37.8), test::kNormalBound * deviation / std::sqrt(n));
  EXPECT_LT(test::kolmogorov_statistic(noise, test::normal_cdf), test::kKolmogorovBound);
}

TEST(Wheel, ShowsEachArmTheSamePointByDisjointOrOneHotContexts) {
  const Spec spec = wheel();
  EXPECT_EQ(spec->facts().shape, (ContextShape{.arms = 5, .dim = 2, .blocks = 5}));
  std::vector<Eigen::Vector2d> points;
  for_rounds(*spec, 4, 3, [&](const Eigen::Vector2d& x, const Round& round) {
    EXPECT_EQ(round.contexts.shape(), spec->facts().shape);
    points.push_back(x);
  });
  test::set_word(*spec, "encoding", "one_hot_arm");
  EXPECT_EQ(spec->facts().shape, (ContextShape{.arms = 5, .dim = 7, .blocks = 1}));
  std::size_t t = 0;
  for_rounds(*spec, 4, 3, [&](const Eigen::Vector2d&, const Round& round) {
    for (Index a = 0; a < 5; ++a) {
      Vector expected(7);
      expected << points[t], Vector::Unit(5, a);
      EXPECT_EQ(Vector(round.contexts[a].x), expected);
    }
    ++t;
  });
}

TEST(Wheel, HasNoInsideWithDeltaZeroAndNoRimWithDeltaOne) {
  for (const double delta : {0.0, 1.0}) {
    const Spec spec = wheel();
    test::set(*spec, "delta", delta);
    for_rounds(*spec, 5, 1000, [&](const Eigen::Vector2d&, const Round& round) {
      EXPECT_EQ(round.expected.maxCoeff(), delta == 0.0 ? 50.0 : 1.2);
    });
  }
}

TEST(Wheel, ARoundDoesNotDependOnTheRoundsBefore) {
  Round alone, in_order;
  const Spec spec = wheel();
  const auto environment = spec->create(6);
  for (Index t = 1; t <= 10; ++t) environment->deal(t, in_order);
  spec->create(6)->deal(10, alone);
  EXPECT_EQ(alone.contexts.values(), in_order.contexts.values());
  EXPECT_EQ(alone.rewards, in_order.rewards);
}

}  // namespace
}  // namespace cbsim
