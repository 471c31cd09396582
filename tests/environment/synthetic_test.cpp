#include "cbsim/environment/synthetic.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/configure.hpp"
#include "support/direct.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace environments {
EnvironmentType linear();
EnvironmentType quadratic();
EnvironmentType quadratic_form();
EnvironmentType cosine();
EnvironmentType logistic();
}  // namespace environments

namespace {

using Spec = std::unique_ptr<EnvironmentSpec>;

Spec world(const EnvironmentType& type, int dim, int arms, double noise) {
  Spec spec = type.make();
  test::set(*spec, "dim", dim);
  test::set(*spec, "arms", arms);
  test::set(*spec, "noise", noise);
  return spec;
}

/// Contexts (d x n) and expected rewards (n) of the first rounds of a seed.
struct Sample {
  Matrix x;
  Vector expected, rewards;
};
Sample sample(const EnvironmentSpec& spec, Seed seed, Index rounds) {
  const ContextShape shape = spec.facts().shape;
  Sample out{Matrix(shape.dim, shape.arms * rounds), Vector(shape.arms * rounds),
             Vector(shape.arms * rounds)};
  const auto environment = spec.create(seed);
  Round round;
  for (Index t = 1; t <= rounds; ++t) {
    environment->deal(t, round);
    const Index at = (t - 1) * shape.arms;
    out.x.middleCols(at, shape.arms) = round.contexts.values();
    out.expected.segment(at, shape.arms) = round.expected;
    out.rewards.segment(at, shape.arms) = round.rewards;
  }
  return out;
}

/// The hidden a of a linear world, recovered from what it deals.
Vector recover_vector(const EnvironmentSpec& linear_world, Seed seed) {
  const Sample s = sample(linear_world, seed, 20);
  return direct::least_squares(s.x.transpose(), s.expected);
}

/// The symmetric M of expected = x' M x, recovered from what a world deals.
Matrix recover_form(const EnvironmentSpec& spec, Seed seed) {
  const Sample s = sample(spec, seed, 60);
  const Index d = s.x.rows();
  Matrix monomials(s.x.cols(), d * (d + 1) / 2);
  for (Index n = 0; n < s.x.cols(); ++n) {
    for (Index i = 0, c = 0; i < d; ++i) {
      for (Index j = 0; j <= i; ++j) monomials(n, c++) = s.x(i, n) * s.x(j, n) * (i == j ? 1 : 2);
    }
  }
  const Vector coefficients = direct::least_squares(monomials, s.expected);
  Matrix form(d, d);
  for (Index i = 0, c = 0; i < d; ++i) {
    for (Index j = 0; j <= i; ++j) form(i, j) = form(j, i) = coefficients(c++);
  }
  return form;
}

std::vector<double> to_vector(const Eigen::Ref<const Vector>& x) { return {x.begin(), x.end()}; }

TEST(Sphere, EveryContextHasNormOne) {
  const Sample s = sample(*world(environments::linear(), 20, 4, 0.0), 1, 500);
  for (Index n = 0; n < s.x.cols(); ++n) EXPECT_NEAR(s.x.col(n).norm(), 1.0, 1e-14);
}

TEST(Sphere, CoordinatesOfContextsInThreeDimensionsAreUniform) {
  // Archimedes: a coordinate of a uniform point of the sphere in R^3 is uniform on [-1, 1].
  const Sample s = sample(*world(environments::linear(), 3, 4, 0.0), 2, 5000);
  for (Index i = 0; i < 3; ++i) {
    const auto cdf = [](double x) { return test::uniform_cdf((x + 1.0) / 2.0); };
    EXPECT_LT(test::kolmogorov_statistic(to_vector(s.x.row(i)), cdf), test::kKolmogorovBound);
  }
}

TEST(Sphere, ContextsInOneDimensionAreSigns) {
  const Sample s = sample(*world(environments::linear(), 1, 2, 0.0), 3, 100);
  for (const double x : s.x.reshaped()) EXPECT_EQ(std::abs(x), 1.0);
  EXPECT_LT(std::abs(s.x.sum()), test::kNormalBound * std::sqrt(200.0));
}

TEST(Ball, RadiusToThePowerOfTheDimensionIsUniform) {
  for (const int dim : {1, 2, 5}) {
    const Spec spec = world(environments::linear(), dim, 4, 0.0);
    test::set_word(*spec, "contexts", "ball");
    const Sample s = sample(*spec, 4, 5000);
    std::vector<double> powers;
    for (Index n = 0; n < s.x.cols(); ++n) powers.push_back(std::pow(s.x.col(n).norm(), dim));
    EXPECT_LT(test::kolmogorov_statistic(powers, test::uniform_cdf), test::kKolmogorovBound)
        << "d = " << dim;
  }
}

TEST(Gaussian, CoordinatesAreIndependentStandardNormals) {
  const Spec spec = world(environments::linear(), 3, 2, 0.0);
  test::set_word(*spec, "contexts", "gaussian");
  const Sample s = sample(*spec, 5, 20000);
  const auto n = static_cast<double>(s.x.cols());
  for (Index i = 0; i < 3; ++i) {
    const auto row = s.x.row(i).array();
    // Of z, z^2 and z^4 the means are 0, 1, 3 and the variances 1, 2, 96.
    EXPECT_LT(std::abs(row.mean()) * std::sqrt(n), test::kNormalBound);
    EXPECT_LT(std::abs(row.square().mean() - 1.0) * std::sqrt(n / 2.0), test::kNormalBound);
    EXPECT_LT(std::abs(row.square().square().mean() - 3.0) * std::sqrt(n / 96.0),
              test::kNormalBound);
    EXPECT_LT(test::kolmogorov_statistic(to_vector(s.x.row(i)), test::normal_cdf),
              test::kKolmogorovBound);
    for (Index j = 0; j < i; ++j) {
      EXPECT_LT(std::abs(test::correlation_statistic(to_vector(s.x.row(i)), to_vector(s.x.row(j)))),
                test::kNormalBound);
    }
  }
}

TEST(Linear, ExpectedRewardIsTheProductWithAUnitVector) {
  const Spec spec = world(environments::linear(), 6, 4, 0.0);
  const Vector a = recover_vector(*spec, 6);
  EXPECT_NEAR(a.norm(), 1.0, 1e-12);
  const Sample s = sample(*spec, 6, 200);  // mostly rounds that `a` was not recovered from
  EXPECT_LT((s.x.transpose() * a - s.expected).lpNorm<Eigen::Infinity>(), 1e-12);
}

TEST(Linear, ScaleMultipliesTheExpectedReward) {
  const Spec spec = world(environments::linear(), 6, 4, 0.0);
  const Vector a = recover_vector(*spec, 6);
  test::set(*spec, "scale", -3.0);
  EXPECT_LT((recover_vector(*spec, 6) + 3.0 * a).norm(), 1e-12);
}

TEST(Linear, HiddenVectorsOfSeedsAreUniformOnTheSphere) {
  const Spec spec = world(environments::linear(), 3, 4, 0.0);
  std::vector<double> first;
  for (Seed seed = 0; seed < 1000; ++seed) first.push_back(recover_vector(*spec, seed)(0));
  const auto cdf = [](double x) { return test::uniform_cdf((x + 1.0) / 2.0); };
  EXPECT_LT(test::kolmogorov_statistic(first, cdf), test::kKolmogorovBound);
}

TEST(Linear, HiddenVectorInTheBallHasTheRadiusLaw) {
  const Spec spec = world(environments::linear(), 3, 4, 0.0);
  test::set_word(*spec, "parameter", "ball");
  std::vector<double> volumes;
  for (Seed seed = 0; seed < 1000; ++seed) {
    volumes.push_back(std::pow(recover_vector(*spec, seed).norm(), 3));
  }
  EXPECT_LT(test::kolmogorov_statistic(volumes, test::uniform_cdf), test::kKolmogorovBound);
}

TEST(Quadratic, ExpectedRewardIsTenTimesTheSquareOfTheProduct) {
  const int dim = 4;
  const Vector a = recover_vector(*world(environments::linear(), dim, 4, 0.0), 7);
  const Spec spec = world(environments::quadratic(), dim, 4, 0.0);
  EXPECT_LT((recover_form(*spec, 7) - 10.0 * a * a.transpose()).norm(), 1e-10);
  const Sample s = sample(*spec, 7, 100);
  for (Index n = 0; n < s.x.cols(); ++n) {
    EXPECT_NEAR(s.expected(n), 10.0 * std::pow(s.x.col(n).dot(a), 2), 1e-12);
  }
}

TEST(Cosine, ExpectedRewardIsTheCosineOfThreeTimesTheProduct) {
  const int dim = 5;
  const Vector a = recover_vector(*world(environments::linear(), dim, 4, 0.0), 8);
  const Sample s = sample(*world(environments::cosine(), dim, 4, 0.0), 8, 100);
  for (Index n = 0; n < s.x.cols(); ++n) {
    EXPECT_NEAR(s.expected(n), std::cos(3.0 * s.x.col(n).dot(a)), 1e-12);
  }
}

TEST(Logistic, ExpectedRewardIsTheLogisticFunctionOfTheScaledProduct) {
  const int dim = 5;
  const Vector a = recover_vector(*world(environments::linear(), dim, 4, 0.0), 9);
  const Spec spec = world(environments::logistic(), dim, 4, 0.0);
  test::set(*spec, "scale", 3.0);
  const Sample s = sample(*spec, 9, 100);
  for (Index n = 0; n < s.x.cols(); ++n) {
    EXPECT_NEAR(std::log(s.expected(n) / (1.0 - s.expected(n))), 3.0 * s.x.col(n).dot(a), 1e-12);
  }
}

TEST(Logistic, StaysAProbabilityForTheSteepestScale) {
  const Spec spec = world(environments::logistic(), 5, 4, 0.0);
  test::set(*spec, "scale", 1e308);
  const Sample s = sample(*spec, 9, 100);
  for (const double p : s.expected) EXPECT_TRUE(p == 0.0 || p == 1.0) << p;
}

TEST(QuadraticForm, ExpectedRewardIsAPositiveFormOfWishartLaw) {
  const int dim = 3;
  const Spec spec = world(environments::quadratic_form(), dim, 4, 0.0);
  const int seeds = 500;
  double trace = 0.0, trace_of_square = 0.0;
  for (Seed seed = 0; seed < seeds; ++seed) {
    const Matrix form = recover_form(*spec, seed);
    EXPECT_GT(direct::eigenvalues(form).minCoeff(), -1e-10);
    trace += form.trace();
    trace_of_square += (form * form).trace();
  }
  // A'A is Wishart: its trace is chi-squared with d^2 = 9 degrees of freedom. The trace of its
  // square has mean d^2 (2 d + 1) = 63 and is at most the square of the trace, so its second moment
  // is at most 9 * 11 * 13 * 15 and its standard deviation at most 124.
  const double root = std::sqrt(seeds);
  EXPECT_LT(std::abs(trace / seeds - 9.0) * root / std::sqrt(18.0), test::kNormalBound);
  EXPECT_LT(std::abs(trace_of_square / seeds - 63.0) * root / 124.0, test::kNormalBound);
  const Matrix form = recover_form(*spec, 9);
  const Sample s = sample(*spec, 9, 100);
  for (Index n = 0; n < s.x.cols(); ++n) {
    EXPECT_NEAR(s.expected(n), s.x.col(n).dot(form * s.x.col(n)), 1e-10);
  }
}

TEST(Noise, IsGaussianOfTheGivenStandardDeviation) {
  const Sample s = sample(*world(environments::cosine(), 4, 4, 0.3), 10, 5000);
  EXPECT_LT(test::kolmogorov_statistic(to_vector((s.rewards - s.expected) / 0.3), test::normal_cdf),
            test::kKolmogorovBound);
}

TEST(Noise, OfArmsIsIndependent) {
  const Sample s = sample(*world(environments::linear(), 4, 2, 1.0), 11, 20000);
  const Matrix noise = (s.rewards - s.expected).reshaped(2, 20000);
  EXPECT_LT(std::abs(test::correlation_statistic(to_vector(noise.row(0)), to_vector(noise.row(1)))),
            test::kNormalBound);
}

TEST(Noise, ZeroGivesTheExpectedReward) {
  const Sample s = sample(*world(environments::cosine(), 4, 4, 0.0), 12, 100);
  EXPECT_EQ(s.rewards, s.expected);
}

TEST(Synthetic, SameSeedGivesTheSameBytes) {
  const Spec spec = world(environments::quadratic_form(), 5, 3, 1.0);
  const Sample a = sample(*spec, 13, 50), b = sample(*spec, 13, 50), c = sample(*spec, 14, 50);
  EXPECT_EQ(a.x, b.x);
  EXPECT_EQ(a.expected, b.expected);
  EXPECT_EQ(a.rewards, b.rewards);
  EXPECT_NE(a.x, c.x);
  EXPECT_NE(a.expected, c.expected);
}

TEST(Synthetic, ARoundDoesNotDependOnTheRoundsBefore) {
  const Spec spec = world(environments::cosine(), 5, 3, 1.0);
  Round in_order, alone;
  const auto first = spec->create(15);
  for (Index t = 1; t <= 10; ++t) first->deal(t, in_order);
  spec->create(15)->deal(10, alone);
  EXPECT_EQ(in_order.contexts.values(), alone.contexts.values());
  EXPECT_EQ(in_order.rewards, alone.rewards);
}

TEST(Synthetic, NoiseContextsAndHiddenVectorAreSeparateStreams) {
  const Spec quiet = world(environments::linear(), 5, 3, 0.0);
  const Spec loud = world(environments::linear(), 5, 3, 2.0);
  const Spec other_law = world(environments::linear(), 5, 3, 2.0);
  test::set_word(*other_law, "contexts", "gaussian");
  const Sample a = sample(*quiet, 16, 50), b = sample(*loud, 16, 50),
               c = sample(*other_law, 16, 50);
  EXPECT_EQ(a.x, b.x);
  EXPECT_EQ(a.expected, b.expected);
  EXPECT_LT(((b.rewards - b.expected) - (c.rewards - c.expected)).norm(), 1e-12);
  EXPECT_LT((recover_vector(*loud, 16) - recover_vector(*other_law, 16)).norm(), 1e-12);
}

TEST(Synthetic, ParameterSeedFixesTheHiddenVectorAlone) {
  const Spec spec = world(environments::linear(), 5, 3, 1.0);
  const Vector own = recover_vector(*spec, 21);
  test::set(*spec, "parameter_seed", 21);
  EXPECT_LT((recover_vector(*spec, 22) - own).norm(), 1e-12);
  EXPECT_LT((recover_vector(*spec, 23) - own).norm(), 1e-12);
  EXPECT_NE(sample(*spec, 22, 5).x, sample(*spec, 23, 5).x);
}

TEST(Synthetic, FactsSayDenseContextsWithoutEnd) {
  const EnvironmentFacts facts = world(environments::linear(), 5, 3, 1.0)->facts();
  EXPECT_EQ(facts.shape, (ContextShape{.arms = 3, .dim = 5, .blocks = 1}));
  EXPECT_EQ(facts.rounds, kUnlimitedRounds);
  EXPECT_TRUE(facts.expected_known);
}

}  // namespace
}  // namespace cbsim
