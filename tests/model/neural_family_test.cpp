// NeuralTS, neural PHE, bootstrapped networks, dropout and NeuralLinear.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "cbsim/model/bootstrap_model.hpp"
#include "cbsim/model/dropout_model.hpp"
#include "cbsim/model/neural_linear_model.hpp"
#include "cbsim/model/trained_network.hpp"
#include "support/direct.hpp"
#include "support/random.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace {

using testing::explicit_gradients;
using testing::random_contexts;

const ContextShape kShape{.arms = 3, .dim = 4, .blocks = 1};
const ContextShape kDisjoint{.arms = 3, .dim = 4, .blocks = 3};

/// Without a mirror, so that the list of weights is theta.
NeuralSettings plain_settings() {
  NeuralSettings settings;
  settings.network.width = 6;
  settings.network.init = InitialLaw::he;
  settings.training.steps = 20;
  settings.lambda = 0.5;
  return settings;
}

Network network_of(const NeuralSettings& settings, const ContextShape& shape) {
  return Network(network_shape(settings.network, shape, Mirror::none));
}

/// theta of a list of weights, which holds matrices row by row.
Vector theta_of(const Network& network, const Vector& list) {
  return WeightList(network, Mirror::none).theta(list);
}

Contexts contexts_of(Index t, const ContextShape& shape) {
  Stream stream(21, Purpose::contexts, static_cast<std::uint64_t>(t));
  return random_contexts(stream, shape);
}

double reward_of(Index t) {
  return Stream(22, Purpose::noise, static_cast<std::uint64_t>(t)).normal();
}

/// Plays arm t mod K in round t.
template <class Learner>
void learn(Learner& learner, Index t, const Contexts& contexts) {
  const Index arm = t % contexts.arms();
  const Observation seen{t, arm, contexts[arm], reward_of(t)};
  learner.update({t, contexts, arm, {&seen, 1}});
}

TEST(NeuralModel, AddsGradientsAtTheNewWeightsWhenAsked) {
  NeuralSettings settings = plain_settings();
  settings.training.refit.every = 2;  // rounds with and without a refit
  for (const ContextShape& shape : {kShape, kDisjoint}) {
    const auto model = make_neural_model(settings, {shape, 30, 3}, GradientsInZ::after_refit);
    const Network network = network_of(settings, shape);
    Matrix z = settings.lambda * Matrix::Identity(network.parameters(), network.parameters());
    Vector mean, width, f;
    GradientFactors factors;
    for (Index t = 1; t <= 30; ++t) {
      const Contexts contexts = contexts_of(t, shape);
      model->predict_with_width(contexts, mean, width);
      network.evaluate(theta_of(network, model->weights(false)), contexts.views(), f, &factors);
      const Matrix g = explicit_gradients(network.layout(), factors) / std::sqrt(6.0);
      const Vector expected = (g.transpose() * direct::inverse(z) * g).diagonal().cwiseSqrt();
      ASSERT_LE((mean - f).norm(), 1e-12);
      ASSERT_LE((width - expected).norm(), 1e-9 * expected.norm()) << "round " << t;

      learn(*model, t, contexts);
      network.evaluate(theta_of(network, model->weights(false)), contexts.views(), f, &factors);
      const Vector played =
          explicit_gradients(network.layout(), factors).col(t % 3) / std::sqrt(6.0);
      z += played * played.transpose();
    }
  }
}

TEST(TrainedNetwork, AddsFreshNoiseToEveryRewardAtEveryRefit) {
  NeuralSettings settings = plain_settings();
  settings.training.steps = 1;
  settings.training.refit.every = 400;
  TrainedNetwork network(settings, {kDisjoint, 1200, 3}, {.rewards = 0.7});
  std::vector<std::vector<double>> clean(3), noise(3);  // noise: of each refit
  for (Index t = 1; t <= 1200; ++t) {
    learn(network, t, contexts_of(t, kDisjoint));
    clean[static_cast<std::size_t>(t % 3)].push_back(reward_of(t));
    if (t % 400 != 0) continue;
    for (Index b = 0; b < 3; ++b) {
      for (Index i = 0; i < 130; ++i) {
        noise[static_cast<std::size_t>(t / 400 - 1)].push_back(
            (network.history().rewards(b)(i) -
             clean[static_cast<std::size_t>(b)][static_cast<std::size_t>(i)]) /
            0.7);
      }
    }
  }
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_LT(test::kolmogorov_statistic(noise[k], test::normal_cdf), test::kKolmogorovBound);
    EXPECT_LT(std::abs(test::correlation_statistic(noise[k], noise[(k + 1) % 3])),
              test::kNormalBound);
  }
}

// A refit must see the rewards of this time, not those packed before.
TEST(NeuralModel, IsFittedToTheNoisyRewards) {
  NeuralSettings settings = plain_settings();
  TrainedNetwork noisy(settings, {kShape, 20, 3}, {.rewards = 1.5});
  for (Index t = 1; t <= 20; ++t) learn(noisy, t, contexts_of(t, kShape));
  const Vector initial = theta_of(noisy.network(), noisy.weights(true));
  const auto plain =
      make_plain_objective(noisy.network(), initial, {.penalty = 6 * settings.lambda});
  plain->append(noisy.history());
  Vector gradient;
  EXPECT_NEAR(plain->evaluate(noisy.theta(), gradient).total, noisy.diagnostics().fit->loss_end,
              1e-9);
}

TEST(BootstrapModel, ShowsEachNetworkAShareOfTheObservations) {
  NeuralSettings settings = plain_settings();
  settings.training.steps = 1;
  const auto model =
      make_bootstrap_model(settings, {.networks = 2, .inclusion = 0.7}, {kShape, 600, 3});
  const Index p = network_of(settings, kShape).parameters();
  ASSERT_EQ(model->weights(true).size(), 2 * p);
  EXPECT_NE(model->weights(true).head(p), model->weights(true).tail(p));
  Vector before = model->weights(false);
  std::vector<double> seen[2];
  for (Index t = 1; t <= 600; ++t) {
    learn(*model, t, contexts_of(t, kShape));
    EXPECT_EQ(model->confidence_state().t, t);
    const Vector after = model->weights(false);
    // A refit from theta_0 moves exactly if the history has grown.
    for (Index k = 0; k < 2; ++k) {
      seen[k].push_back(after.segment(k * p, p) != before.segment(k * p, p) ? 1.0 : 0.0);
    }
    before = after;
  }
  for (const auto& member : seen) {
    double count = 0.0;
    for (const double one : member) count += one;
    EXPECT_NEAR(count, 600 * 0.7, test::kNormalBound * std::sqrt(600 * 0.7 * 0.3));
  }
  EXPECT_LT(std::abs(test::correlation_statistic(seen[0], seen[1])), test::kNormalBound);
}

// The first k of more networks are the same ones, so that the worst of them can only get worse.
TEST(BootstrapModel, ReportsTheRefitThatEndedFarthestFromStationary) {
  NeuralSettings settings = plain_settings();
  settings.training.steps = 3;
  std::vector<double> worst;
  for (std::int64_t networks = 1; networks <= 6; ++networks) {
    const auto model =
        make_bootstrap_model(settings, {.networks = networks, .inclusion = 0.7}, {kShape, 30, 3});
    for (Index t = 1; t <= 30; ++t) learn(*model, t, contexts_of(t, kShape));
    const Diagnostics diagnostics = model->diagnostics();
    ASSERT_TRUE(diagnostics.fit.has_value());
    worst.push_back(diagnostics.fit->relative_gradient);
  }
  EXPECT_TRUE(std::ranges::is_sorted(worst));
  EXPECT_GT(worst.back(), worst.front());
}

TEST(BootstrapModel, HasTheMomentsOfItsNetworksAndSamplesOneUniformly) {
  NeuralSettings settings = plain_settings();
  const auto model =
      make_bootstrap_model(settings, {.networks = 4, .inclusion = 0.8}, {kShape, 10, 3});
  for (Index t = 1; t <= 10; ++t) learn(*model, t, contexts_of(t, kShape));
  const Network network = network_of(settings, kShape);
  const Contexts contexts = contexts_of(11, kShape);
  std::vector<Vector> predictions(4);
  Vector average = Vector::Zero(3);
  for (Index k = 0; k < 4; ++k) {
    const Index p = network.parameters();
    network.evaluate(theta_of(network, model->weights(false).segment(k * p, p)), contexts.views(),
                     predictions[static_cast<std::size_t>(k)], nullptr);
    average += predictions[static_cast<std::size_t>(k)] / 4.0;
  }
  Vector deviation = Vector::Zero(3), average_given, width;
  for (const Vector& prediction : predictions) {
    deviation += (prediction - average).cwiseAbs2() / 4.0;
  }
  model->predict_with_width(contexts, average_given, width);
  EXPECT_LE((average_given - average).norm(), 1e-12);
  EXPECT_LE((width - deviation.cwiseSqrt()).norm(), 1e-12);
  std::vector<std::size_t> counts(4);
  Vector mean, draw;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    Stream stream(4, Purpose::policy, i);
    model->sample(contexts, 1.0, stream, mean, draw);
    ASSERT_LE((mean - average).norm(), 1e-12);
    for (std::size_t k = 0; k < 4; ++k) {
      if ((draw - predictions[k]).norm() < 1e-12) ++counts[k];
    }
  }
  EXPECT_EQ(counts[0] + counts[1] + counts[2] + counts[3], 4000U);
  EXPECT_LT(test::chi_squared_statistic(counts), test::chi_squared_bound(3));
}

TEST(DropoutObjective, HasTheGradientOfCentralDifferences) {
  const Network network(
      {.dim = 3, .blocks = 2, .width = 7, .depth = 4, .bias = true, .output_scale = 2.0});
  Stream stream(5, Purpose::contexts);
  const Vector initial = testing::random_vector(stream, network.parameters());
  const History history = testing::random_history(stream, 3, 2, 25);
  for (const PenaltyCenter center :
       {PenaltyCenter::initial, PenaltyCenter::zero, PenaltyCenter::none}) {
    for (const bool mean : {false, true}) {
      const ObjectiveSettings settings{.penalty = 0.7, .center = center, .mean = mean};
      ObjectiveSettings data = settings;
      data.center = PenaltyCenter::none;
      const auto objective = make_dropout_objective<double>(
          make_fused_objective<double>(network, initial, data), network, initial, settings, 0.6, 9);
      objective->append(history);
      const Vector theta = testing::random_vector(stream, network.parameters());
      const Vector direction = testing::random_vector(stream, network.parameters()).normalized();
      Vector w, gradient;
      // `begin` starts the same draws of units again.
      const auto loss = [&](const Vector& at) {
        objective->begin(at, w);
        return objective->evaluate(at, gradient).total;
      };
      const double h = 1e-6;
      const double slope = (loss(theta + h * direction) - loss(theta - h * direction)) / (2 * h);
      loss(theta);
      EXPECT_NEAR(slope, gradient.dot(direction), 1e-6 * gradient.norm());
      objective->evaluate(theta, w);
      EXPECT_NE(w, gradient) << "the next step draws other units";
    }
  }
}

TEST(DropoutModel, ScalesWhatEachUnitSends) {
  const Network network({.dim = 3, .width = 5, .depth = 3});
  Stream stream(5, Purpose::contexts);
  const Vector theta = testing::random_vector(stream, network.parameters());
  const Matrix units = testing::random_matrix(stream, 5, 2);
  Vector scaled = theta;
  scale_by_units<double>(network, units, scaled);
  for (Index l = 1; l <= 3; ++l) {
    Matrix expected = network.weight(theta, l);
    if (l > 1) expected *= units.col(l - 2).asDiagonal();
    EXPECT_EQ(network.weight(scaled, l), expected) << l;
  }
}

TEST(DropoutModel, DropsUnitsOfItsPredictions) {
  NeuralSettings settings = plain_settings();
  settings.training.optimizer = Optimizer::sgd;
  const double keep = 0.8;
  const auto model = make_dropout_model(settings, keep, {kShape, 10, 3});
  for (Index t = 1; t <= 10; ++t) learn(*model, t, contexts_of(t, kShape));
  const Contexts contexts = contexts_of(11, kShape);

  // f = sum_j c_j over the units, each kept with probability p and then times 1/p.
  const Network network = network_of(settings, kShape);
  const Vector theta = theta_of(network, model->weights(false));
  const Matrix hidden = (network.weight(theta, 1) * contexts.values()).cwiseMax(0.0);
  const Matrix parts =
      std::sqrt(6.0) * network.weight(theta, 2).row(0).transpose().asDiagonal() * hidden;
  constexpr int kDraws = 20000;
  Vector mean, draw, sum = Vector::Zero(3), squares = Vector::Zero(3);
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    Stream stream(4, Purpose::policy, i);
    model->sample(contexts, 1.0, stream, mean, draw);
    sum += draw - mean;
    squares += (draw - mean).cwiseAbs2();
  }
  EXPECT_LE((mean - parts.colwise().sum().transpose()).norm(), 1e-12);
  const Vector variance = (1.0 / keep - 1.0) * parts.cwiseAbs2().colwise().sum().transpose();
  for (Index a = 0; a < 3; ++a) {
    EXPECT_LT(std::abs(sum(a)), test::kNormalBound * std::sqrt(kDraws * variance(a)));
    EXPECT_NEAR(squares(a) / kDraws, variance(a), 0.1 * variance(a));
  }
}

TEST(NeuralLinearModel, IsARegressionOnTheLastHiddenLayerOfAllThatWasSeen) {
  NeuralSettings settings = plain_settings();
  settings.network.bias = true;
  settings.training.refit.every = 10;
  for (const ContextShape& shape : {kShape, kDisjoint}) {
    const auto model = make_neural_linear_model(settings, {}, {shape, 25, 3});
    const Network network = network_of(settings, shape);
    const auto features = [&](const Vector& theta, const ContextView& x) {
      const Index d = x.x.size();
      Vector z(7);
      z.head(6) =
          (network.weight(theta, 1).middleCols(x.block * d, d) * x.x + network.bias(theta, 1))
              .cwiseMax(0.0);
      z(6) = 1.0;
      return Vector(std::sqrt(6.0) * z);
    };
    for (Index t = 1; t <= 25; ++t) learn(*model, t, contexts_of(t, shape));
    // The last refit was in round 20, so all features are those of its theta.
    const Vector theta = theta_of(network, model->weights(false));
    const Contexts contexts = contexts_of(26, shape);
    Vector mean, width;
    model->predict_with_width(contexts, mean, width);

    // With 2 a >= 20 degrees of freedom Student's law is within 0.01 of the normal one.
    constexpr int kDraws = 4000;
    std::vector<std::vector<double>> draws(3);
    Vector same_mean, draw;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      Stream stream(4, Purpose::policy, i);
      model->sample(contexts, 0.3, stream, same_mean, draw);
      ASSERT_EQ(same_mean, mean);
      for (Index a = 0; a < 3; ++a) {
        draws[static_cast<std::size_t>(a)].push_back((draw(a) - mean(a)) / (0.3 * width(a)));
      }
    }
    std::vector<Matrix> inverses;
    std::vector<Vector> scored;
    for (Index a = 0; a < 3; ++a) {
      Matrix precision = 0.25 * Matrix::Identity(7, 7);
      Vector b = Vector::Zero(7);
      double squares = 0.0;
      int count = 0;
      for (Index t = 1; t <= 25; ++t) {
        if (shape.blocks > 1 && t % 3 != a) continue;
        const Contexts then = contexts_of(t, shape);
        const Vector z = features(theta, then[t % 3]);
        precision += z * z.transpose();
        b += reward_of(t) * z;
        squares += reward_of(t) * reward_of(t);
        ++count;
      }
      const Vector beta = direct::inverse(precision) * b;
      const Vector z = features(theta, contexts[a]);
      EXPECT_NEAR(mean(a), z.dot(beta), 1e-10);
      const double variance = (6.0 + 0.5 * (squares - b.dot(beta))) / (6.0 + 0.5 * count);
      EXPECT_NEAR(width(a), std::sqrt(variance * z.dot(direct::inverse(precision) * z)), 1e-10);
      inverses.push_back(direct::inverse(precision));
      scored.push_back(z);
      EXPECT_LT(test::kolmogorov_statistic(draws[static_cast<std::size_t>(a)], test::normal_cdf),
                test::kKolmogorovBound);
    }
    // Arms of one regression share its draw, others do not.
    for (std::size_t a = 0; a < 3; ++a) {
      const std::size_t b = (a + 1) % 3;
      const double expected = shape.blocks > 1
                                  ? 0.0
                                  : scored[a].dot(inverses[a] * scored[b]) /
                                        std::sqrt(scored[a].dot(inverses[a] * scored[a]) *
                                                  scored[b].dot(inverses[b] * scored[b]));
      const double found =
          test::correlation_statistic(draws[a], draws[b]) / std::sqrt(double{kDraws});
      EXPECT_NEAR(found, expected, 0.1);
    }
  }
}

}  // namespace
}  // namespace cbsim
