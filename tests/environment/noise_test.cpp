#include "cbsim/environment/noise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "cbsim/environment/environment.hpp"
#include "support/configure.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace environments {
EnvironmentType cosine();
EnvironmentType linear();
EnvironmentType logistic();
}  // namespace environments

namespace {

using Spec = std::unique_ptr<EnvironmentSpec>;
using Numbers = std::initializer_list<std::pair<std::string_view, double>>;

/// A world with the law {"type": type, numbers...}.
Spec world(const EnvironmentType& type, std::string_view law, Numbers numbers = {}) {
  Spec spec = type.make();
  test::set(*spec, "dim", 3);
  test::set_form(*spec, "noise", law, numbers);
  return spec;
}

/// Expected and drawn rewards of all arms of the first rounds.
struct Sample {
  std::vector<double> expected, rewards;
};
Sample sample(const EnvironmentSpec& spec, Seed seed, Index rounds = 5000) {
  const auto environment = spec.create(seed);
  Round round;
  Sample out;
  for (Index t = 1; t <= rounds; ++t) {
    environment->deal(t, round);
    out.expected.insert(out.expected.end(), round.expected.begin(), round.expected.end());
    out.rewards.insert(out.rewards.end(), round.rewards.begin(), round.rewards.end());
  }
  return out;
}

/// (reward - expected) / deviation(expected), which is to have the law `cdf`.
void expect_law(const Sample& s, const std::function<double(double)>& deviation,
                const std::function<double(double)>& cdf) {
  std::vector<double> noise;
  for (std::size_t i = 0; i < s.rewards.size(); ++i) {
    noise.push_back((s.rewards[i] - s.expected[i]) / deviation(s.expected[i]));
  }
  EXPECT_LT(test::kolmogorov_statistic(noise, cdf), test::kKolmogorovBound);
}

std::function<double(double)> constant(double value) {
  return [value](double) { return value; };
}

/// Student's distribution function, from its density by Simpson's rule.
double student_cdf(double degrees, double x) {
  const double factor = std::exp(std::lgamma((degrees + 1) / 2) - std::lgamma(degrees / 2)) /
                        std::sqrt(degrees * std::numbers::pi);
  const auto density = [&](double t) {
    return factor * std::pow(1 + t * t / degrees, -(degrees + 1) / 2);
  };
  constexpr int kPanels = 200;
  const double end = std::min(std::abs(x), 60.0), h = end / (2 * kPanels);
  double sum = density(0) + density(end);
  for (int i = 1; i < 2 * kPanels; ++i) sum += (i % 2 == 1 ? 4 : 2) * density(i * h);
  return 0.5 + std::copysign(sum * h / 3, x);
}

TEST(NoiseLaw, IsGaussianWhetherANumberOrAnObjectSaysSo) {
  const Sample object = sample(*world(environments::cosine(), "gaussian", {{"sd", 0.3}}), 1);
  expect_law(object, constant(0.3), test::normal_cdf);
  const Spec number = world(environments::cosine(), "gaussian");
  test::set(*number, "noise", 0.3);
  EXPECT_EQ(sample(*number, 1).rewards, object.rewards);
}

TEST(NoiseLaw, IsUniformOnTheInterval) {
  const Sample s = sample(*world(environments::cosine(), "uniform", {{"half_width", 0.7}}), 2);
  expect_law(s, constant(1.4), [](double x) { return test::uniform_cdf(x + 0.5); });
}

TEST(NoiseLaw, IsStudentsWithTheGivenStandardDeviation) {
  ASSERT_NEAR(student_cdf(3, 1.0),
              0.5 + (std::sqrt(3) / 4 + std::numbers::pi / 6) / std::numbers::pi, 1e-10);
  for (const double degrees : {2.5, 3.0, 30.0}) {
    const Spec spec =
        world(environments::cosine(), "student_t", {{"degrees", degrees}, {"sd", 2.0}});
    expect_law(sample(*spec, 3), constant(2.0 * std::sqrt((degrees - 2) / degrees)),
               [&](double x) { return student_cdf(degrees, x); });
  }
}

TEST(NoiseLaw, OfManyDegreesIsGaussian) {
  for (const double degrees : {1e8, 1e308}) {
    const Spec spec = world(environments::cosine(), "student_t", {{"degrees", degrees}});
    expect_law(sample(*spec, 4), constant(1.0), test::normal_cdf);
  }
}

TEST(NoiseLaw, GrowsWithTheExpectedReward) {
  const Spec spec =
      world(environments::linear(), "heteroscedastic", {{"sd", 0.2}, {"growth", 1.5}});
  const auto deviation = [](double h) { return std::sqrt(0.04 + 2.25 * h * h); };
  expect_law(sample(*spec, 5), deviation, test::normal_cdf);
}

TEST(NoiseLaw, PaysOneWithTheExpectedRewardAsProbability) {
  const Sample s = sample(*world(environments::logistic(), "bernoulli"), 6);
  double gap = 0.0, variance = 0.0;
  for (std::size_t i = 0; i < s.rewards.size(); ++i) {
    ASSERT_TRUE(s.rewards[i] == 0.0 || s.rewards[i] == 1.0);
    gap += s.rewards[i] - s.expected[i];
    variance += s.expected[i] * (1 - s.expected[i]);
  }
  EXPECT_LT(std::abs(gap), test::kNormalBound * std::sqrt(variance));
}

TEST(NoiseLaw, OfOutcomesDependsOnTheExpectedReward) {
  // In each tenth of the probabilities the outcomes have their mean.
  const Sample s = sample(*world(environments::logistic(), "bernoulli"), 7);
  std::vector<double> gap(10, 0.0), variance(10, 0.0);
  for (std::size_t i = 0; i < s.rewards.size(); ++i) {
    const auto bin = static_cast<std::size_t>(s.expected[i] * 10);
    gap[bin] += s.rewards[i] - s.expected[i];
    variance[bin] += s.expected[i] * (1 - s.expected[i]);
  }
  for (std::size_t bin = 0; bin < gap.size(); ++bin) {
    ASSERT_GT(variance[bin], 1.0);
    EXPECT_LT(std::abs(gap[bin]), test::kNormalBound * std::sqrt(variance[bin])) << bin;
  }
}

TEST(NoiseLaw, CutsWhatIsNoProbabilityAndExpectsWhatItPays) {
  const Spec plain = world(environments::linear(), "gaussian"),
             cut = world(environments::linear(), "bernoulli");
  for (const Spec* spec : {&plain, &cut}) test::set(**spec, "scale", 2.0);
  const Sample h = sample(*plain, 8), s = sample(*cut, 8);
  std::size_t below = 0, above = 0;
  for (std::size_t i = 0; i < s.rewards.size(); ++i) {
    if (h.expected[i] <= 0.0) {
      ++below;
      EXPECT_EQ(s.expected[i], 0.0);
      EXPECT_EQ(s.rewards[i], 0.0);
    } else if (h.expected[i] >= 1.0) {
      ++above;
      EXPECT_EQ(s.expected[i], 1.0);
      EXPECT_EQ(s.rewards[i], 1.0);
    } else {
      EXPECT_EQ(s.expected[i], h.expected[i]);
    }
  }
  EXPECT_GT(below, 5000U);
  EXPECT_GT(above, 2000U);
}

TEST(NoiseLaw, ChangesNeitherContextsNorExpectedRewards) {
  const Sample gaussian = sample(*world(environments::linear(), "gaussian"), 9, 100);
  for (const std::string_view law : {"uniform", "student_t", "heteroscedastic"}) {
    const Sample other = sample(*world(environments::linear(), law), 9, 100);
    EXPECT_EQ(other.expected, gaussian.expected) << law;
    EXPECT_NE(other.rewards, gaussian.rewards) << law;
  }
}

TEST(NoiseLaw, IsTheSameWhicheverRoundIsDealtFirst) {
  for (const std::string_view law : {"uniform", "student_t", "heteroscedastic", "bernoulli"}) {
    const Spec spec = world(environments::logistic(), law);
    Round in_order, alone;
    const auto environment = spec->create(10);
    for (Index t = 1; t <= 5; ++t) environment->deal(t, in_order);
    spec->create(10)->deal(5, alone);
    EXPECT_EQ(in_order.rewards, alone.rewards) << law;
  }
}

}  // namespace
}  // namespace cbsim
