#include "cbsim/model/linear_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

#include "support/direct.hpp"
#include "support/random.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace {

using testing::random_contexts;
using testing::random_vector;

/// Gives a model the reward of one arm of `contexts`.
void observe(RewardModel& model, const Contexts& contexts, Index arm, double reward, Index t = 1) {
  const Observation seen{t, arm, contexts[arm], reward};
  model.update({t, contexts, arm, {&seen, 1}});
}

/// The distribution function of chi-squared with 3 degrees of freedom.
double chi_squared_3_cdf(double x) {
  return std::erf(std::sqrt(x / 2)) - std::sqrt(2 * x / std::numbers::pi) * std::exp(-x / 2);
}

constexpr int kDraws = 20000;
constexpr double kScale = 0.7, kLambda = 0.5;

/// A linear model after 40 observations, with its posterior from a direct inverse.
struct Posterior {
  std::unique_ptr<RewardModel> model;
  Vector theta;
  Matrix inverse;  ///< A^{-1}

  explicit Posterior(const ContextShape& shape)
      : model(make_linear_model({.lambda = kLambda}, shape)) {
    Matrix a = kLambda * Matrix::Identity(shape.dim, shape.dim);
    Vector b = Vector::Zero(shape.dim);
    Stream stream(11, Purpose::contexts);
    for (Index t = 1; t <= 40; ++t) {
      const Contexts contexts = random_contexts(stream, shape);
      const double reward = stream.normal();
      const Vector x = contexts[t % shape.arms].x;
      observe(*model, contexts, t % shape.arms, reward, t);
      a += x * x.transpose();
      b += reward * x;
    }
    inverse = direct::inverse(a);
    theta = inverse * b;
  }

  /// draw - mean of every arm, arms x kDraws.
  Matrix deviations(const Contexts& contexts) {
    Matrix out(contexts.arms(), kDraws);
    Vector mean, draw;
    for (Index i = 0; i < kDraws; ++i) {
      Stream stream(2, Purpose::policy, static_cast<std::uint64_t>(i));
      model->sample(contexts, kScale, stream, mean, draw);
      EXPECT_LT((mean - contexts.values().transpose() * theta).norm(), 1e-10);
      out.col(i) = draw - mean;
    }
    return out;
  }
};

std::vector<double> row_of(const Matrix& matrix, Index row) {
  const Vector values = matrix.row(row).transpose();
  return {values.begin(), values.end()};
}

// Whitened by the analytic covariance nu^2 X^T A^{-1} X the draws of three arms are independent
// standard normals, and their squared norm is chi-squared with 3 degrees of freedom.
TEST(LinearModel, SamplesTheArmsJointlyFromThePosterior) {
  Posterior posterior({.arms = 3, .dim = 3});
  Stream stream(12, Purpose::contexts);
  const Contexts contexts = random_contexts(stream, {.arms = 3, .dim = 3});
  const Matrix deviations = posterior.deviations(contexts);
  const Matrix& x = contexts.values();
  const Matrix covariance = kScale * kScale * x.transpose() * posterior.inverse * x;
  const Matrix white = direct::solve(direct::cholesky(covariance), deviations);
  std::vector<double> norms;
  for (Index i = 0; i < kDraws; ++i) norms.push_back(white.col(i).squaredNorm());
  EXPECT_LT(test::kolmogorov_statistic(norms, chi_squared_3_cdf), test::kKolmogorovBound);
  for (Index a = 0; a < 3; ++a) {
    EXPECT_LT(test::kolmogorov_statistic(row_of(white, a), test::normal_cdf),
              test::kKolmogorovBound);
    EXPECT_LT(std::abs(test::correlation_statistic(row_of(white, a), row_of(white, (a + 1) % 3))),
              test::kNormalBound);
  }
  // Not so without the covariance: the arms' own draws are correlated.
  EXPECT_GT(std::abs(test::correlation_statistic(row_of(deviations, 0), row_of(deviations, 1))),
            test::kNormalBound);
}

// Six arms in three dimensions: one theta a draw means that their draws lie in the row space of X.
TEST(LinearModel, DrawsOneParameterForAllArms) {
  Posterior posterior({.arms = 6, .dim = 3});
  Stream stream(13, Purpose::contexts);
  const Contexts contexts = random_contexts(stream, {.arms = 6, .dim = 3});
  const Matrix deviations = posterior.deviations(contexts);
  const Matrix x = contexts.values().transpose();
  const Matrix solved = direct::solve(x.transpose() * x, x.transpose() * deviations);
  EXPECT_LT((x * solved - deviations).norm(), 1e-10 * deviations.norm());
}

TEST(LinearModel, DrawsAParameterForEachArmOfItsOwn) {
  const ContextShape shape{.arms = 2, .dim = 3};
  const auto model = make_linear_model({.lambda = kLambda, .disjoint = true}, shape);
  Stream stream(14, Purpose::contexts);
  for (Index t = 1; t <= 20; ++t) {
    observe(*model, random_contexts(stream, shape), t % 2, stream.normal(), t);
  }
  Contexts contexts = random_contexts(stream, shape);
  contexts.values().col(1) = contexts.values().col(0);
  Vector mean, width, draw;
  model->predict_with_width(contexts, mean, width);
  EXPECT_NE(width(0), width(1));
  std::vector<std::vector<double>> white(2);
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    Stream draws(3, Purpose::policy, i);
    model->sample(contexts, kScale, draws, mean, draw);
    for (Index a = 0; a < 2; ++a) {
      white[static_cast<std::size_t>(a)].push_back((draw(a) - mean(a)) / (kScale * width(a)));
    }
  }
  for (const auto& values : white) {
    EXPECT_LT(test::kolmogorov_statistic(values, test::normal_cdf), test::kKolmogorovBound);
  }
  EXPECT_LT(std::abs(test::correlation_statistic(white[0], white[1])), test::kNormalBound);
}

// A vector for each arm on dense contexts is K models that know of one arm each.
TEST(LinearModel, IsKSeparateModelsWhereArmsAreDisjoint) {
  const ContextShape shape{.arms = 3, .dim = 5}, alone{.arms = 1, .dim = 5};
  const auto disjoint = make_linear_model({.lambda = 0.4, .disjoint = true}, shape);
  std::vector<std::unique_ptr<RewardModel>> separate;
  for (Index a = 0; a < 3; ++a) separate.push_back(make_linear_model({.lambda = 0.4}, alone));
  Stream stream(15, Purpose::contexts);
  Vector mean, width, own_mean, own_width;
  for (Index t = 1; t <= 60; ++t) {
    const Contexts contexts = random_contexts(stream, shape);
    disjoint->predict_with_width(contexts, mean, width);
    double log_det = 0.0;
    for (Index a = 0; a < 3; ++a) {
      Contexts one;
      one.resize(alone);
      one.values() = contexts.values().col(a);
      RewardModel& model = *separate[static_cast<std::size_t>(a)];
      model.predict_with_width(one, own_mean, own_width);
      ASSERT_NEAR(mean(a), own_mean(0), 1e-13);
      ASSERT_NEAR(width(a), own_width(0), 1e-13);
      log_det += model.confidence_state().log_det;
    }
    ASSERT_NEAR(disjoint->confidence_state().log_det, log_det, 1e-12 * (1.0 + log_det));
    const auto arm = static_cast<Index>(stream.below(3));
    const double reward = stream.normal();
    observe(*disjoint, contexts, arm, reward, t);
    Contexts one;
    one.resize(alone);
    one.values() = contexts.values().col(arm);
    observe(*separate[static_cast<std::size_t>(arm)], one, 0, reward, t);
  }
}

// The setting is without effect where the contexts are disjoint themselves: the shared vector on
// x (x) e_a has a block for each arm.
TEST(LinearModel, IsTheSameWithAndWithoutTheSettingOnDisjointContexts) {
  const ContextShape shape{.arms = 3, .dim = 4, .blocks = 3};
  const auto plain = make_linear_model({}, shape),
             disjoint = make_linear_model({.disjoint = true}, shape);
  Stream stream(16, Purpose::contexts);
  Vector mean, width, other_mean, other_width;
  for (Index t = 1; t <= 30; ++t) {
    const Contexts contexts = random_contexts(stream, shape);
    plain->predict_with_width(contexts, mean, width);
    disjoint->predict_with_width(contexts, other_mean, other_width);
    EXPECT_EQ(mean, other_mean);
    EXPECT_EQ(width, other_width);
    const double reward = stream.normal();
    observe(*plain, contexts, t % 3, reward, t);
    observe(*disjoint, contexts, t % 3, reward, t);
  }
}

// Late rewards, none in some rounds and several in others, leave the model where they leave it at
// once.
TEST(LinearModel, TakesRewardsWhenTheyArrive) {
  const ContextShape shape{.arms = 2, .dim = 3};
  const auto prompt = make_linear_model({}, shape), late = make_linear_model({}, shape);
  Stream stream(17, Purpose::contexts);
  std::vector<Contexts> dealt;
  std::vector<double> rewards;
  for (int t = 0; t < 9; ++t) {
    dealt.push_back(random_contexts(stream, shape));
    rewards.push_back(stream.normal());
  }
  Vector mean, width, late_mean, late_width;
  for (Index t = 1; t <= 9; ++t) {
    const auto i = static_cast<std::size_t>(t - 1);
    observe(*prompt, dealt[i], t % 2, rewards[i], t);
    std::vector<Observation> arrived;
    for (std::size_t j = i - 2; t % 3 == 0 && j <= i; ++j) {
      const Index arm = (static_cast<Index>(j) + 1) % 2;
      arrived.push_back({static_cast<Index>(j) + 1, arm, dealt[j][arm], rewards[j]});
    }
    late->update({t, dealt[i], t % 2, arrived});
    prompt->predict_with_width(dealt[0], mean, width);
    late->predict_with_width(dealt[0], late_mean, late_width);
    EXPECT_EQ(mean == late_mean && width == late_width, t % 3 == 0) << "round " << t;
  }
}

}  // namespace
}  // namespace cbsim
