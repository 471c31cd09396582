#include "cbsim/model/neural_lin_ucb_model.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <map>
#include <vector>

#include "cbsim/training/descent.hpp"
#include "cbsim/training/feature_network.hpp"
#include "support/direct.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_contexts;
using testing::random_vector;

struct Problem {
  FeatureNetwork network;
  History history;
  std::vector<Matrix> heads;
  Vector initial;

  Problem(Index depth, Index blocks)
      : network({.dim = 3, .blocks = blocks, .width = 8, .depth = depth, .features = 4}),
        history(3, blocks),
        initial(network.draw(5)) {
    Stream stream(1, Purpose::contexts);
    history = testing::random_history(stream, 3, blocks, 20);
    for (Index b = 0; b < blocks; ++b) {
      heads.push_back(testing::random_matrix(stream, 4, history.size(b)));
    }
  }

  /// theta_i^T phi(x_i; w) of all observations.
  Vector outputs(const Vector& w) const {
    Vector out(history.size());
    Index row = 0;
    Matrix phi;
    for (Index b = 0; b < history.blocks(); ++b) {
      for (Index i = 0; i < history.size(b); ++i) {
        const ContextView x(b, history.contexts(b).col(i).data(), 3);
        network.evaluate(w, {&x, 1}, phi);
        out(row++) = heads[static_cast<std::size_t>(b)].col(i).dot(phi.col(0));
      }
    }
    return out;
  }
};

TEST(FeatureNetwork, EvaluatesItsDefinition) {
  const Problem problem(3, 2);
  const FeatureNetwork& network = problem.network;
  const Vector& w = problem.initial;
  EXPECT_EQ(network.parameters(), 8 * 6 + 8 * 8 + 4 * 8);
  Stream stream(2, Purpose::contexts);
  const Vector x = random_vector(stream, 3);
  const ContextView context(1, x.data(), 3);
  Matrix phi;
  network.evaluate(w, {&context, 1}, phi);
  const Matrix w1 = Eigen::Map<const Matrix>(w.data(), 8, 6);
  const Matrix w2 = Eigen::Map<const Matrix>(w.data() + 48, 8, 8);
  const Matrix w3 = Eigen::Map<const Matrix>(w.data() + 112, 4, 8);
  const Vector h1 = (w1.rightCols(3) * x).cwiseMax(0.0);
  const Vector expected = std::sqrt(8.0) * (w3 * (w2 * h1).cwiseMax(0.0)).cwiseMax(0.0);
  EXPECT_LE((phi.col(0) - expected).norm(), 1e-13);
  EXPECT_GT(expected.norm(), 0.0);
}

TEST(FeatureObjective, HasTheGradientOfCentralDifferences) {
  for (const Index depth : {2, 4}) {
    for (const Index blocks : {1, 3}) {
      const Problem problem(depth, blocks);
      const auto objective =
          make_feature_objective(problem.network, problem.initial, problem.heads);
      objective->append(problem.history);
      Vector rewards(20);
      Index row = 0;
      for (Index b = 0; b < blocks; ++b) {
        for (Index i = 0; i < problem.history.size(b); ++i) {
          rewards(row++) = problem.history.rewards(b)(i);
        }
      }
      Stream stream(3, Purpose::contexts);
      const Vector w = problem.initial + 0.1 * random_vector(stream, problem.initial.size());
      const Vector direction = random_vector(stream, w.size()).normalized();
      const auto loss = [&](const Vector& at) {
        return 0.5 * (problem.outputs(at) - rewards).squaredNorm();
      };
      Vector gradient;
      EXPECT_NEAR(objective->evaluate(w, gradient).total, loss(w), 1e-12 * loss(w));
      const double h = 1e-6;
      EXPECT_NEAR((loss(w + h * direction) - loss(w - h * direction)) / (2 * h),
                  gradient.dot(direction), 1e-6 * gradient.norm());

      // J by central differences, J^T J by a dense solver.
      Matrix jacobian(20, w.size());
      for (Index k = 0; k < w.size(); ++k) {
        const Vector step = h * Vector::Unit(w.size(), k);
        jacobian.col(k) =
            (problem.outputs(problem.initial + step) - problem.outputs(problem.initial - step)) /
            (2 * h);
      }
      const double largest = direct::eigenvalues(jacobian * jacobian.transpose()).maxCoeff();
      EXPECT_NEAR(objective->largest_start_eigenvalue(), largest, 0.05 * largest);
      EXPECT_LE(objective->largest_start_eigenvalue(), 1.0001 * largest);
    }
  }
}

// It is quadratic in the sizes of the features, however small they are.
TEST(FeatureObjective, HasTheStartCurvatureOfTinyFeatures) {
  const Problem problem(2, 1);
  std::vector<Matrix> tiny = problem.heads;
  for (Matrix& heads : tiny) heads *= 1e-4;
  const auto curvature = [&](const std::vector<Matrix>& heads) {
    const auto objective = make_feature_objective(problem.network, problem.initial, heads);
    objective->append(problem.history);
    return objective->largest_start_eigenvalue();
  };
  const double expected = 1e-8 * curvature(problem.heads);
  EXPECT_NEAR(curvature(tiny), expected, 1e-6 * expected);
}

/// w after a refit to that history from its start.
Vector refitted(const FeatureNetwork& network, const History& history,
                const std::vector<Matrix>& heads, const Vector& initial) {
  const auto objective = make_feature_objective(network, initial, heads);
  objective->append(history);
  DescentSpace<double> space;
  gradient_descent(*objective,
                   {.steps = 30,
                    .learning_rate = 1.0 / objective->largest_start_eigenvalue(),
                    .halve_on_rise = true,
                    .samples = history.size()},
                   initial, space);
  return space.w;
}

/// Rounds of three arms; the reward of round t arrives `delay` rounds later.
void play(RewardModel& model, const FeatureNetwork& network, const ContextShape& shape,
          Index delay) {
  constexpr Index kRounds = 24;
  Matrix a = 0.5 * Matrix::Identity(4, 4);
  Vector b = Vector::Zero(4);
  std::map<Index, Vector> played;
  History history(3, shape.blocks);
  std::vector<Matrix> heads(static_cast<std::size_t>(shape.blocks), Matrix(4, 0));
  std::vector<Contexts> contexts(kRounds + 1);
  const auto reward = [](Index t) {
    return Stream(6, Purpose::noise, static_cast<std::uint64_t>(t)).normal();
  };
  Vector mean, width;
  Matrix phi;
  for (Index t = 1; t <= kRounds; ++t) {
    Stream stream(7, Purpose::contexts, static_cast<std::uint64_t>(t));
    Contexts& now = contexts[static_cast<std::size_t>(t)];
    now = random_contexts(stream, shape);
    model.predict_with_width(now, mean, width);
    network.evaluate(model.weights(false), now.views(), phi);
    const Vector theta = direct::inverse(a) * b;
    ASSERT_LE((mean - phi.transpose() * theta).norm(), 1e-10) << "round " << t;
    const Vector expected = (phi.transpose() * direct::inverse(a) * phi).diagonal().cwiseSqrt();
    ASSERT_LE((width - expected).norm(), 1e-10) << "round " << t;
    const Index arm = t % 3;
    played[t] = phi.col(arm);

    std::vector<Observation> arrived;
    if (const Index old = t - delay; old >= 1) {
      arrived.push_back(
          {old, old % 3, contexts[static_cast<std::size_t>(old)][old % 3], reward(old)});
      a += played[old] * played[old].transpose();
      b += reward(old) * played[old];
      const ContextView& x = arrived.front().x;
      Matrix& own = heads[static_cast<std::size_t>(x.block)];
      own.conservativeResize(4, own.cols() + 1);
      own.rightCols(1) = direct::inverse(a) * b;  // the estimate with this observation
      history.add(x, reward(old));
    }
    model.update({t, now, arm, arrived});
    if (t % 10 == 0) {
      const Vector w = refitted(network, history, heads, model.weights(true));
      ASSERT_LE((model.weights(false) - w).norm(), 1e-9 * w.norm()) << "round " << t;
    }
  }
  EXPECT_NE(model.weights(false), model.weights(true)) << "a refit has moved w";
}

TEST(NeuralLinUcbModel, CountsItsRounds) {
  const ContextShape shape{.arms = 3, .dim = 3};
  const auto model = make_neural_lin_ucb_model({}, {.shape = shape, .horizon = 5, .seed = 1});
  for (Index t = 0; t < 3; ++t) {
    EXPECT_EQ(model->confidence_state().t, t);
    Stream stream(7, Purpose::contexts, static_cast<std::uint64_t>(t));
    const Contexts contexts = random_contexts(stream, shape);
    Vector mean, width;
    model->predict_with_width(contexts, mean, width);
    const Observation seen{t + 1, 0, contexts[0], 0.5};
    model->update({t + 1, contexts, 0, {&seen, 1}});
  }
}

TEST(NeuralLinUcbModel, KeepsTheFeaturesAsTheyWereWhenPlayed) {
  NeuralLinUcbSettings settings;
  settings.lambda = 0.5;
  settings.width = 8;
  settings.features = 4;
  settings.refit.every = 10;
  settings.steps = 30;
  for (const Index blocks : {1, 3}) {
    const ContextShape shape{.arms = 3, .dim = 3, .blocks = blocks};
    const FeatureNetwork network(
        {.dim = 3, .blocks = blocks, .width = 8, .depth = 2, .features = 4});
    for (const Index delay : {0, 4}) {
      const auto model = make_neural_lin_ucb_model(settings, {shape, 24, 3});
      play(*model, network, shape, delay);
    }
  }
}

}  // namespace
}  // namespace cbsim
