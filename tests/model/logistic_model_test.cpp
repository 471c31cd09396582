#include "cbsim/model/logistic_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "cbsim/core/error.hpp"
#include "support/configure.hpp"
#include "support/direct.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_matrix;

double logistic(double z) { return 1.0 / (1.0 + std::exp(-z)); }

/// What a model has been given: contexts as columns.
struct Data {
  Matrix x;
  Vector r;
};

/// Observations of contexts N(0, spread^2 I) with rewards from `reward(z, stream)`, z = x^T theta
/// for a hidden theta.
Data draw(Index dim, Index n, double spread,
          const std::function<double(double z, Stream& stream)>& reward) {
  Stream stream(21, Purpose::contexts);
  const Vector theta = testing::random_vector(stream, dim);
  Data data{spread * random_matrix(stream, dim, n), Vector(n)};
  for (Index i = 0; i < n; ++i) data.r(i) = reward(theta.dot(data.x.col(i)), stream);
  return data;
}

double coin(double z, Stream& stream) { return stream.uniform() < logistic(z) ? 1.0 : 0.0; }

ContextShape one_arm(Index dim) { return {.arms = 1, .dim = dim}; }

void observe(RewardModel& model, const ConstVectorRef& x, double reward, Index t) {
  Contexts contexts;
  contexts.resize(one_arm(x.size()));
  contexts.values().col(0) = x;
  const Observation seen{t, 0, contexts[0], reward};
  model.update({t, contexts, 0, {&seen, 1}});
}

std::unique_ptr<RewardModel> fitted(const Data& data, double lambda) {
  auto model = make_logistic_model({.lambda = lambda}, one_arm(data.x.rows()));
  for (Index i = 0; i < data.r.size(); ++i) observe(*model, data.x.col(i), data.r(i), i + 1);
  return model;
}

/// theta, from the predictions for small multiples of the unit vectors.
Vector theta_of(RewardModel& model, Index dim) {
  Contexts contexts;
  contexts.resize({.arms = dim, .dim = dim});
  Vector mean(dim);
  const double step = 1.0 / std::max(1.0, *model.diagnostics().drift);
  contexts.values() = step * Matrix::Identity(dim, dim);
  model.predict(contexts, mean);
  return (mean.array() / (1.0 - mean.array())).log() / step;
}

/// |sum (r - mu) x - lambda theta| relative to the sum of the absolute values of its terms.
double residual(const Data& data, double lambda, const Vector& theta) {
  Vector sum = -lambda * theta;
  double scale = lambda * theta.norm();
  for (Index i = 0; i < data.r.size(); ++i) {
    const Vector term = (data.r(i) - logistic(theta.dot(data.x.col(i)))) * data.x.col(i);
    sum += term;
    scale += term.norm();
  }
  return sum.norm() / scale;
}

TEST(LogisticModel, SolvesItsStationarityEquation) {
  const auto gaussian = [](double z, Stream& stream) { return 5.0 * z + 3.0 * stream.normal(); };
  const auto certain = [](double z, Stream&) { return z > 0.0 ? 1.0 : 0.0; };  // separable
  const auto above = [](double, Stream& stream) { return 7.0 + stream.uniform(); };
  for (const double lambda : {1e-3, 1.0, 30.0}) {
    for (const auto& data :
         {draw(4, 150, 1.0, coin), draw(4, 150, 1.0, gaussian), draw(4, 150, 1.0, certain),
          draw(4, 150, 1.0, above), draw(4, 150, 40.0, coin), draw(4, 150, 0.01, certain)}) {
      EXPECT_LT(residual(data, lambda, theta_of(*fitted(data, lambda), 4)), 1e-9) << lambda;
    }
  }
}

// Contexts of norm 600 make the function all but piecewise linear, its minimum a corner: Newton's
// steps overshoot by far.
TEST(LogisticModel, ConvergesWhereItsFunctionHasCorners) {
  const auto anywhere = [](double, Stream& stream) { return stream.normal(); };
  for (const double lambda : {1e-3, 1.0}) {
    for (const auto& data : {draw(4, 150, 300.0, anywhere), draw(4, 150, 300.0, coin)}) {
      EXPECT_LT(residual(data, lambda, theta_of(*fitted(data, lambda), 4)), 1e-7) << lambda;
    }
  }
}

// Gradient descent with the step 1/(lambda + lambda_max(X X^T)/4), which is sure to converge.
TEST(LogisticModel, EqualsTheMinimumThatGradientDescentFinds) {
  const double lambda = 2.0;
  const Data data = draw(5, 200, 1.0, coin);
  Vector theta = Vector::Zero(5);
  const double step = 1.0 / (lambda + 0.25 * data.x.squaredNorm());
  for (int i = 0; i < 4000; ++i) {
    Vector gradient = lambda * theta;
    for (Index j = 0; j < 200; ++j) {
      gradient += (logistic(theta.dot(data.x.col(j))) - data.r(j)) * data.x.col(j);
    }
    theta -= step * gradient;
  }
  const auto model = fitted(data, lambda);
  EXPECT_LT((theta_of(*model, 5) - theta).norm(), 1e-8 * theta.norm());
  Contexts contexts;
  contexts.resize({.arms = 3, .dim = 5});
  contexts.values() = data.x.leftCols(3);
  Vector mean, width;
  model->predict_with_width(contexts, mean, width);
  const Matrix v = lambda * Matrix::Identity(5, 5) + data.x * data.x.transpose();
  for (Index a = 0; a < 3; ++a) {
    const Vector x = data.x.col(a);
    EXPECT_NEAR(mean(a), logistic(theta.dot(x)), 1e-9);
    EXPECT_NEAR(width(a), std::sqrt(x.dot(direct::inverse(v) * x)), 1e-12);
  }
  EXPECT_NEAR(model->confidence_state().log_det, direct::log_det(v) - 5 * std::log(lambda), 1e-9);
}

TEST(LogisticModel, PredictsProbabilitiesWhateverTheRewards) {
  for (const double reward : {-1e6, -2.0, 0.5, 3.0, 1e6}) {
    const Data data =
        draw(3, 60, 1.0, [&](double, Stream& stream) { return reward * stream.normal(); });
    const auto model = fitted(data, 1.0);
    Contexts contexts;
    contexts.resize({.arms = 60, .dim = 3});
    contexts.values() = data.x;
    Vector mean;
    model->predict(contexts, mean);
    EXPECT_TRUE((mean.array() >= 0.0).all() && (mean.array() <= 1.0).all()) << reward;
  }
}

TEST(LogisticModel, RefusesWhatIsBeyondThePrecisionOfDoubles) {
  const auto model = make_logistic_model({}, one_arm(2));
  const auto message =
      test::message_of<RunError>([&] { observe(*model, Vector::Constant(2, 1e9), 1.0, 1); });
  EXPECT_THAT(message, ::testing::HasSubstr("normalise the features or raise lambda"));
}

TEST(LogisticModel, IsKSeparateModelsWhereArmsAreDisjoint) {
  const ContextShape shape{.arms = 3, .dim = 4};
  const auto disjoint = make_logistic_model({.disjoint = true}, shape);
  std::vector<std::unique_ptr<RewardModel>> separate;
  for (Index a = 0; a < 3; ++a) separate.push_back(make_logistic_model({}, one_arm(4)));
  Stream stream(22, Purpose::contexts);
  Vector mean, width, own_mean, own_width;
  for (Index t = 1; t <= 60; ++t) {
    const Contexts contexts = testing::random_contexts(stream, shape);
    disjoint->predict_with_width(contexts, mean, width);
    for (Index a = 0; a < 3; ++a) {
      Contexts one;
      one.resize(one_arm(4));
      one.values() = contexts.values().col(a);
      separate[static_cast<std::size_t>(a)]->predict_with_width(one, own_mean, own_width);
      ASSERT_NEAR(mean(a), own_mean(0), 1e-10);
      ASSERT_NEAR(width(a), own_width(0), 1e-13);
    }
    const auto arm = static_cast<Index>(stream.below(3));
    const Observation seen{t, arm, contexts[arm], coin(contexts[arm].x(0), stream)};
    disjoint->update({t, contexts, arm, {&seen, 1}});
    observe(*separate[static_cast<std::size_t>(arm)], contexts[arm].x, seen.reward, t);
  }
}

TEST(LogisticModel, ReportsTheNormOfAllItsParametersAsDrift) {
  const ContextShape shape{.arms = 2, .dim = 4};
  const Data data = draw(4, 60, 1.0, coin);
  const auto disjoint = make_logistic_model({.disjoint = true}, shape);
  EXPECT_EQ(disjoint->diagnostics().drift, 0.0);
  std::vector<std::unique_ptr<RewardModel>> separate;
  for (Index a = 0; a < 2; ++a) separate.push_back(make_logistic_model({}, one_arm(4)));
  for (Index i = 0; i < 60; ++i) {
    const Index arm = i % 2;
    Contexts contexts;
    contexts.resize(shape);
    contexts.values().colwise() = data.x.col(i);
    const Observation seen{i + 1, arm, contexts[arm], data.r(i)};
    disjoint->update({i + 1, contexts, arm, {&seen, 1}});
    observe(*separate[static_cast<std::size_t>(arm)], data.x.col(i), data.r(i), i + 1);
  }
  const double first = theta_of(*separate[0], 4).norm(), second = theta_of(*separate[1], 4).norm();
  EXPECT_GT(first, 0.1);
  EXPECT_NEAR(*separate[0]->diagnostics().drift, first, 1e-9);
  EXPECT_NEAR(*disjoint->diagnostics().drift, std::hypot(first, second), 1e-9);
}

TEST(LogisticModel, TakesSeveralRewardsAtOnce) {
  const Data data = draw(4, 30, 1.0, coin);
  const auto prompt = fitted(data, 1.0), late = make_logistic_model({}, one_arm(4));
  Contexts contexts;
  contexts.resize(one_arm(4));
  contexts.values() = data.x.col(0);
  std::vector<Observation> arrived;
  for (Index i = 0; i < 30; ++i) {
    arrived.push_back({i + 1, 0, {0, data.x.col(i).data(), 4}, data.r(i)});
  }
  late->update({29, contexts, 0, {}});
  EXPECT_EQ(theta_of(*late, 4), Vector::Zero(4));
  late->update({30, contexts, 0, arrived});
  EXPECT_LT((theta_of(*late, 4) - theta_of(*prompt, 4)).norm(), 1e-9);
  EXPECT_EQ(late->confidence_state().t, 30);
}

}  // namespace
}  // namespace cbsim
