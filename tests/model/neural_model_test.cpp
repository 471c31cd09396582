#include "cbsim/model/neural_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "support/direct.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using ::testing::HasSubstr;
using testing::random_contexts;

const ContextShape kShape{.arms = 3, .dim = 4, .blocks = 1};

NeuralSettings small_settings() {
  NeuralSettings settings;
  settings.network.width = 8;
  settings.training.steps = 30;
  return settings;
}

/// Plays arm 0 of random contexts for `rounds` rounds.
void play(RewardModel& model, const ContextShape& shape, Index rounds, double reward_scale = 1.0,
          Index first = 1) {
  Vector mean, width;
  for (Index t = first; t < first + rounds; ++t) {
    Stream stream(1, Purpose::contexts, static_cast<std::uint64_t>(t));
    const Contexts contexts = random_contexts(stream, shape);
    model.predict_with_width(contexts, mean, width);
    const Observation seen{t, 0, contexts[0], reward_scale * stream.normal()};
    model.update({t, contexts, 0, {&seen, 1}});
  }
}

// The model refitted every round ends where one that is refitted once, from theta_0, ends.
TEST(NeuralModel, StartsEachRefitAtTheInitialWeights) {
  NeuralSettings often = small_settings(), once = small_settings();
  once.training.refit.every = 12;
  const auto a = make_neural_model(often, {kShape, 12, 3}, GradientsInZ::at_choice);
  const auto b = make_neural_model(once, {kShape, 12, 3}, GradientsInZ::at_choice);
  play(*a, kShape, 12);
  play(*b, kShape, 11);
  EXPECT_EQ(b->weights(false), b->weights(true));
  play(*b, kShape, 1, 1.0, 12);
  EXPECT_GT((a->weights(false) - a->weights(true)).norm(), 1e-3);
  EXPECT_EQ(a->weights(false), b->weights(false));
  EXPECT_EQ(a->weights(true), b->weights(true));
}

TEST(NeuralModel, StartsAtTheCurrentWeightsWhenAsked) {
  NeuralSettings warm = small_settings();
  warm.training.start = RefitStart::current;
  const auto a = make_neural_model(warm, {kShape, 12, 3}, GradientsInZ::at_choice);
  const auto b = make_neural_model(small_settings(), {kShape, 12, 3}, GradientsInZ::at_choice);
  play(*a, kShape, 12);
  play(*b, kShape, 12);
  EXPECT_EQ(a->weights(true), b->weights(true));
  EXPECT_LT(a->diagnostics().fit->loss_end, b->diagnostics().fit->loss_end);
}

// A whole run on x with W_1 reduced equals one on [x; x]/sqrt(2) with the full W_1.
TEST(NeuralModel, ReducesTheMirroredInputExactly) {
  const auto reduced =
      make_neural_model(small_settings(), {kShape, 15, 3}, GradientsInZ::at_choice);
  std::string list;
  for (const double weight : reduced->weights(true)) list += shortest(weight) + "\n";
  NeuralSettings explicit_settings = small_settings();
  explicit_settings.network.init = InitialLaw::file;
  explicit_settings.network.weights = {"w", std::make_shared<const std::string>(list)};
  const ContextShape doubled_shape{.arms = 3, .dim = 8, .blocks = 1};
  const auto doubled =
      make_neural_model(explicit_settings, {doubled_shape, 15, 3}, GradientsInZ::at_choice);

  Vector mean, width, mean2, width2;
  for (Index t = 1; t <= 15; ++t) {
    Stream stream(1, Purpose::contexts, static_cast<std::uint64_t>(t));
    const Contexts contexts = random_contexts(stream, kShape);
    Contexts mirrored;
    mirrored.resize(doubled_shape);
    mirrored.values() << contexts.values(), contexts.values();
    mirrored.values() /= std::numbers::sqrt2;
    reduced->predict_with_width(contexts, mean, width);
    doubled->predict_with_width(mirrored, mean2, width2);
    ASSERT_LT((mean - mean2).norm(), 1e-10);
    ASSERT_LT((width - width2).norm(), 1e-10);
    const Observation seen{t, 0, contexts[0], stream.normal()};
    const Observation seen2{t, 0, mirrored[0], seen.reward};
    reduced->update({t, contexts, 0, {&seen, 1}});
    doubled->update({t, mirrored, 0, {&seen2, 1}});
  }
  EXPECT_GT(mean.norm(), 0.01);
  EXPECT_LT((reduced->weights(false) - doubled->weights(false)).norm(), 1e-10);
}

TEST(NeuralModel, UsesTheInverseOfTheCurvatureAsItsAutomaticRate) {
  const NeuralSettings settings = small_settings();
  const auto model = make_neural_model(settings, {kShape, 5, 3}, GradientsInZ::at_choice);
  play(*model, kShape, 5);
  const FitReport fit = *model->diagnostics().fit;
  // The Jacobian at theta_0 from the list of initial weights, W_1 reduced by hand.
  const Network network({.dim = 4, .width = 8, .depth = 2, .output_scale = std::sqrt(8.0)});
  WeightList weights(network, Mirror::reduced);
  const Vector theta = weights.theta(model->weights(true));
  Matrix gram(network.parameters(), 5);
  for (Index t = 1; t <= 5; ++t) {
    Stream stream(1, Purpose::contexts, static_cast<std::uint64_t>(t));
    const Contexts contexts = random_contexts(stream, kShape);
    Vector f;
    GradientFactors factors;
    network.evaluate(theta, contexts.views(), f, &factors);
    gram.col(t - 1) = testing::explicit_gradients(network.layout(), factors).col(0);
  }
  const double largest = direct::eigenvalues(gram.transpose() * gram).maxCoeff();
  const double expected = 1.0 / (largest + 8.0 * 1.0) / std::pow(2.0, fit.halvings);
  EXPECT_NEAR(fit.learning_rate, expected, 2e-3 * expected);
  EXPECT_LT(fit.loss_end, fit.loss_start);
}

// log det and effective dimension of a whole run, from explicit gradients at the weights that
// scored them.
TEST(NeuralModel, HasTheLogDeterminantOfAnExplicitMatrixInEachForm) {
  for (const ConfidenceKind kind :
       {ConfidenceKind::full, ConfidenceKind::diagonal, ConfidenceKind::last_layer}) {
    NeuralSettings settings = small_settings();
    settings.lambda = 0.5;
    settings.confidence = kind;
    settings.network.init = InitialLaw::he;
    settings.network.bias = true;
    const auto model = make_neural_model(settings, {kShape, 12, 3}, GradientsInZ::at_choice);
    const Network network(
        {.dim = 4, .width = 8, .depth = 2, .bias = true, .output_scale = std::sqrt(8.0)});
    WeightList weights(network, Mirror::none);
    const Index p = kind == ConfidenceKind::last_layer ? 9 : network.parameters();
    Matrix z = settings.lambda * Matrix::Identity(p, p);
    for (Index t = 1; t <= 12; ++t) {
      Stream stream(1, Purpose::contexts, static_cast<std::uint64_t>(t));
      const Contexts contexts = random_contexts(stream, kShape);
      Vector f;
      GradientFactors factors;
      network.evaluate(weights.theta(model->weights(false)), contexts.views(), f, &factors);
      const Vector g = testing::explicit_gradients(network.layout(), factors).col(0).tail(p);
      z += g * g.transpose() / 8.0;
      play(*model, kShape, 1, 1.0, t);
    }
    if (kind == ConfidenceKind::diagonal) z = Matrix(z.diagonal().asDiagonal());
    const double log_det = direct::log_det(z / settings.lambda);
    const Diagnostics diagnostics = model->diagnostics();
    EXPECT_NEAR(*diagnostics.log_det, log_det, 1e-9 * log_det);
    EXPECT_NEAR(*diagnostics.effective_dim, log_det / std::log(1.0 + 12.0 * 3.0 / 0.5),
                1e-9 * *diagnostics.effective_dim);
  }
}

TEST(NeuralModel, StopsBeforeADivergedRefitReachesAnything) {
  NeuralSettings settings = small_settings();
  settings.training.rate_kind = TrainingSettings::Rate::number;
  settings.training.learning_rate = 10.0;
  const auto model = make_neural_model(settings, {kShape, 5, 3}, GradientsInZ::at_choice);
  EXPECT_THROW(play(*model, kShape, 5), RunError);
}

TEST(NeuralModel, LearnsRewardsOfAnyScale) {
  for (const double scale : {1e-12, 1.0, 1e12}) {
    const auto model =
        make_neural_model(small_settings(), {kShape, 10, 3}, GradientsInZ::at_choice);
    play(*model, kShape, 10, scale);
    EXPECT_TRUE(model->weights(false).allFinite()) << scale;
    EXPECT_LE(model->diagnostics().fit->loss_end, model->diagnostics().fit->loss_start);
  }
}

TEST(NeuralSettings, RefitWhereTheScheduleSays) {
  RefitSchedule refit;
  refit.every = 3;
  refit.until = 10;
  refit.then_every = 5;
  const auto rounds = [&] {
    std::string due;
    for (Index t = 1; t <= 21; ++t) due += refit.due(t, 0.0) ? 'x' : '.';
    return due;
  };
  EXPECT_EQ(rounds(), "..x..x..x.....x....x.");
  refit.until = 0;
  EXPECT_TRUE(refit.due(21, 0.0));
  refit.kind = RefitSchedule::Kind::doubling;
  EXPECT_EQ(rounds(), "xx.x...x.......x.....");
  refit.kind = RefitSchedule::Kind::determinant;
  refit.factor = 3.0;
  EXPECT_FALSE(refit.due(5, std::log(2.9)));
  EXPECT_TRUE(refit.due(5, std::log(3.1)));
}

TEST(NeuralModel, RefitsWhenTheDeterminantHasGrown) {
  NeuralSettings settings = small_settings();
  settings.training.refit.kind = RefitSchedule::Kind::determinant;
  settings.training.refit.factor = 4.0;
  const auto model = make_neural_model(settings, {kShape, 60, 3}, GradientsInZ::at_choice);
  double fitted = 0.0;  // log det at the last refit
  Index refits = 0;
  for (Index t = 1; t <= 60; ++t) {
    play(*model, kShape, 1, 1.0, t);
    const double log_det = model->confidence_state().log_det;
    ASSERT_EQ(model->diagnostics().fit.has_value(), log_det - fitted > std::log(4.0)) << t;
    if (!model->diagnostics().fit) continue;
    fitted = log_det;
    ++refits;
  }
  EXPECT_GT(refits, 3);
  EXPECT_LT(refits, 55);
}

/// Plays arm 0 in rounds 1, 2, ... of random contexts; `arrivals` says how many rewards arrive at
/// the end of each, the oldest first.
void play_late(RewardModel& model, const ContextShape& shape, const std::vector<Index>& arrivals) {
  Vector mean, width;
  std::vector<Vector> xs;
  std::vector<double> rewards;
  Index seen = 0;
  for (const Index count : arrivals) {
    const auto t = static_cast<Index>(xs.size()) + 1;
    Stream stream(1, Purpose::contexts, static_cast<std::uint64_t>(t));
    const Contexts contexts = random_contexts(stream, shape);
    model.predict_with_width(contexts, mean, width);
    xs.emplace_back(contexts[0].x);
    rewards.push_back(stream.normal());
    std::vector<Observation> arrived;
    for (; std::ssize(arrived) < count; ++seen) {
      const auto i = static_cast<std::size_t>(seen);
      arrived.push_back({seen + 1, 0, ContextView(0, xs[i].data(), xs[i].size()), rewards[i]});
    }
    model.update({t, contexts, 0, arrived});
  }
}

TEST(NeuralModel, WaitsForTheFirstRewardBeforeItRefits) {
  for (const auto kind : {RefitSchedule::Kind::periodic, RefitSchedule::Kind::doubling,
                          RefitSchedule::Kind::determinant}) {
    NeuralSettings settings = small_settings();
    settings.training.refit.kind = kind;
    settings.training.steps_kind = TrainingSettings::Steps::rounds;
    settings.training.loss = LossForm::mean;
    const auto model = make_neural_model(settings, {kShape, 10, 3}, GradientsInZ::at_choice);
    play_late(*model, kShape, {0, 0, 0, 0, 0});
    EXPECT_EQ(model->weights(false), model->weights(true));
    EXPECT_FALSE(model->diagnostics().fit.has_value());
    EXPECT_EQ(model->diagnostics().drift, 0.0);
    EXPECT_GT(*model->diagnostics().log_det, 0.0);  // Z takes the arm when it is played

    const auto later = make_neural_model(settings, {kShape, 10, 3}, GradientsInZ::at_choice);
    play_late(*later, kShape, {0, 0, 0, 0, 0, 0, 0, 1});  // round 8 is due in each schedule
    ASSERT_TRUE(later->diagnostics().fit.has_value());
    EXPECT_EQ(later->diagnostics().fit->steps, 8);
    EXPECT_TRUE(later->weights(false).allFinite());
    EXPECT_NE(later->weights(false), later->weights(true));
  }
}

TEST(NeuralModel, LearnsTheSameFromRewardsThatArriveTogether) {
  NeuralSettings settings = small_settings();
  settings.training.refit.every = 6;
  const auto promptly = make_neural_model(settings, {kShape, 6, 3}, GradientsInZ::at_choice);
  const auto together = make_neural_model(settings, {kShape, 6, 3}, GradientsInZ::at_choice);
  play_late(*promptly, kShape, {1, 1, 1, 1, 1, 1});
  play_late(*together, kShape, {0, 0, 1, 0, 0, 5});
  EXPECT_NE(promptly->weights(false), promptly->weights(true));
  EXPECT_EQ(promptly->weights(false), together->weights(false));
  EXPECT_EQ(promptly->diagnostics().log_det, together->diagnostics().log_det);
}

// A refit from theta_0 on the rewards that were there before changes nothing.
TEST(NeuralModel, RefitsToTheSameWeightsWhileNoRewardArrives) {
  for (const Index batch : {0, 2}) {
    NeuralSettings settings = small_settings();
    if (batch > 0) {
      settings.training.optimizer = Optimizer::sgd;
      settings.training.batch_kind = TrainingSettings::Batch::number;
      settings.training.batch_size = batch;
    }
    const auto a = make_neural_model(settings, {kShape, 9, 3}, GradientsInZ::at_choice);
    const auto b = make_neural_model(settings, {kShape, 9, 3}, GradientsInZ::at_choice);
    play_late(*a, kShape, {0, 0, 0, 4});
    play_late(*b, kShape, {0, 0, 0, 4, 0, 0, 0});
    EXPECT_NE(a->weights(false), a->weights(true));
    EXPECT_EQ(a->weights(false), b->weights(false));
  }
}

TEST(NeuralModel, FitsNearlyTheSameInSinglePrecision) {
  NeuralSettings settings = small_settings();
  const auto exact = make_neural_model(settings, {kShape, 20, 3}, GradientsInZ::at_choice);
  settings.training.precision = Precision::single_precision;
  const auto single = make_neural_model(settings, {kShape, 20, 3}, GradientsInZ::at_choice);
  play(*exact, kShape, 20);
  play(*single, kShape, 20);
  EXPECT_EQ(single->weights(true), exact->weights(true));
  const double difference = (single->weights(false) - exact->weights(false)).norm();
  EXPECT_GT(difference, 0.0);
  EXPECT_LT(difference, 1e-3 * (exact->weights(false) - exact->weights(true)).norm());
}

TEST(NeuralSettings, RefuseBatchesWhereAnOptimizerTakesNone) {
  NeuralSettings settings;
  settings.training.batch_kind = TrainingSettings::Batch::number;
  settings.training.batch_size = 32;
  for (const Optimizer optimizer : {Optimizer::gd, Optimizer::lbfgs}) {
    settings.training.optimizer = optimizer;
    const auto violations = settings.check({.shape = kShape}, true);
    ASSERT_EQ(violations.size(), 1u);
    EXPECT_EQ(violations[0].path, "training.batch_size");
    EXPECT_THAT(violations[0].message, HasSubstr("32 needs batches"));
  }
  settings.training.optimizer = Optimizer::sgd;
  EXPECT_TRUE(settings.check({.shape = kShape}, true).empty());
}

TEST(NeuralSettings, RefuseARateForLbfgs) {
  NeuralSettings settings;
  settings.training.optimizer = Optimizer::lbfgs;
  settings.training.rate_kind = TrainingSettings::Rate::number;
  const auto violations = settings.check({.shape = kShape}, true);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].path, "training.learning_rate");
}

TEST(NeuralSettings, RefuseTheDeterminantOfAModelWithoutZ) {
  NeuralSettings settings;
  settings.training.refit.kind = RefitSchedule::Kind::determinant;
  EXPECT_TRUE(settings.check({.shape = kShape}, true).empty());
  const auto violations = settings.check({.shape = kShape}, false);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].path, "training.refit.schedule");
}

TEST(NeuralSettings, RefuseAnOddWidthForTheSymmetricStart) {
  NeuralSettings settings;
  settings.network.width = 25;
  const auto violations = settings.check({.shape = kShape}, true);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].path, "network.width");
  EXPECT_THAT(violations[0].message, HasSubstr("25 is odd"));
  settings.network.init = InitialLaw::he;
  EXPECT_TRUE(settings.check({.shape = kShape}, true).empty());
}

TEST(NeuralSettings, RefuseAWeightFileOfTheWrongSize) {
  NeuralSettings settings;
  settings.network.width = 2;
  settings.network.init = InitialLaw::file;
  settings.network.weights = {"w.csv", std::make_shared<const std::string>("1\n2\n3\n")};
  const auto violations = settings.check({.shape = kShape}, true);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].path, "network.init.file");
  EXPECT_EQ(violations[0].message, "w.csv holds 3 numbers, the network needs 10");

  // 3 x 8, three times 3 x 3, 3; biases four times 3, 1.
  settings.network.width = 3;
  settings.network.depth = 5;
  settings.network.bias = settings.network.mirrored = true;
  EXPECT_THAT(settings.check({.shape = kShape}, true).at(0).message, HasSubstr("needs 67"));
}

}  // namespace
}  // namespace cbsim
