#include "cbsim/training/refit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>

#include "cbsim/core/error.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using ::testing::HasSubstr;
using testing::random_history;
using testing::random_vector;

class RefitOnNetwork : public ::testing::Test {
 protected:
  RefitOnNetwork()
      : network_({.dim = 5, .blocks = 2, .width = 8, .depth = 3, .output_scale = 2.0}),
        stream_(3, Purpose::contexts),
        initial_(random_vector(stream_, network_.parameters()) / 2.0),
        history_(random_history(stream_, 5, 2, 60)) {}

  FitReport fit(const RefitSettings& settings, Index steps) {
    return make_refit(network_, initial_, settings)->fit(history_, steps, initial_, theta_);
  }

  /// J steps of the plain objective, `step(k, gradient)` changing theta.
  template <class Step>
  Vector plainly(const ObjectiveSettings& settings, Index steps, const Step& step) {
    const auto plain = make_plain_objective(network_, initial_, settings);
    plain->append(history_);
    Vector theta = initial_, gradient;
    for (Index k = 1; k <= steps; ++k) {
      plain->evaluate(theta, gradient, {});
      step(k, theta, gradient);
    }
    return theta;
  }

  Network network_;
  Stream stream_;
  Vector initial_;
  History history_;
  Vector theta_;
};

constexpr double kRate = 1e-4;
const ObjectiveSettings kObjective{.penalty = 0.5};

TEST_F(RefitOnNetwork, DescendsAsThePaperSays) {
  const Vector expected =
      plainly(kObjective, 40, [](Index, Vector& theta, const Vector& g) { theta -= kRate * g; });
  for (const bool dual : {false, true}) {
    ObjectiveSettings objective = kObjective;
    objective.descent_from_initial = dual;
    const FitReport report = fit({.objective = objective, .learning_rate = kRate}, 40);
    EXPECT_LE((theta_ - expected).norm(), 1e-12 * expected.norm());
    EXPECT_EQ(report.steps, 40);
    EXPECT_LT(report.loss_end, 0.9 * report.loss_start);
  }
}

TEST_F(RefitOnNetwork, IsNearlyTheSameInSinglePrecision) {
  const FitReport report = fit({.objective = kObjective, .learning_rate = kRate}, 40);
  const Vector expected = theta_;
  const FitReport single = fit(
      {.objective = kObjective, .precision = Precision::single_precision, .learning_rate = kRate},
      40);
  EXPECT_LE((theta_ - expected).norm(), 1e-5 * expected.norm());
  EXPECT_GT((theta_ - expected).norm(), 0.0);
  EXPECT_NEAR(single.loss_end, report.loss_end, 1e-4 * report.loss_end);
}

TEST_F(RefitOnNetwork, IsGradientDescentWhereSgdTakesAllObservations) {
  fit({.objective = kObjective, .learning_rate = kRate}, 40);
  const Vector expected = theta_;
  fit({.objective = kObjective, .optimizer = Optimizer::sgd, .learning_rate = kRate}, 40);
  EXPECT_LE((theta_ - expected).norm(), 1e-14 * expected.norm());
}

// One epoch of batches of 1 with a tiny rate moves as far as one step on all of them would, J times
// over: each batch is an estimate without bias.
TEST_F(RefitOnNetwork, TakesEachObservationOnceAnEpoch) {
  constexpr double rate = 1e-9;
  fit({.objective = kObjective, .optimizer = Optimizer::sgd, .learning_rate = rate, .batch = 7},
      9);  // 8 of 7 and one of 4
  const Vector moved = (theta_ - initial_) / -rate;
  Vector gradient;
  const auto plain = make_plain_objective(network_, initial_, kObjective);
  plain->append(history_);
  plain->evaluate(initial_, gradient, {});
  // Batches of 7 weigh 60/7, the last 60/4; corrected for that the sum is 60 gradients.
  EXPECT_NEAR(moved.dot(gradient) / gradient.squaredNorm(), 9.0, 2.0);
  // With batches of equal size it is exact to first order.
  fit({.objective = kObjective, .optimizer = Optimizer::sgd, .learning_rate = rate, .batch = 6},
      10);
  EXPECT_LE(((theta_ - initial_) / -rate - 10.0 * gradient).norm(), 1e-4 * gradient.norm());
}

TEST_F(RefitOnNetwork, DrawsBatchesFromTheSeed) {
  const auto end = [&](Seed seed) {
    fit({.objective = kObjective,
         .optimizer = Optimizer::sgd,
         .learning_rate = kRate,
         .batch = 7,
         .seed = seed},
        20);
    return theta_;
  };
  EXPECT_EQ(end(1), end(1));
  EXPECT_GT((end(1) - end(2)).norm(), 1e-6);
}

TEST_F(RefitOnNetwork, TakesABatchOfAllObservationsForNone) {
  const auto rate = [&](Index batch) {
    return fit({.objective = kObjective, .optimizer = Optimizer::sgd, .batch = batch}, 5)
        .learning_rate;
  };
  EXPECT_EQ(rate(60), rate(0));
  EXPECT_LT(rate(59), rate(60));
}

// Each of the two hidden layers multiplies the gradients of the units it keeps by 1/keep.
TEST_F(RefitOnNetwork, TakesASmallerRateWhereUnitsAreDropped) {
  const auto curvature = [&](double keep) {
    return 1.0 / fit({.objective = {.center = PenaltyCenter::none},
                      .optimizer = Optimizer::sgd,
                      .keep = keep},
                     1)
                     .learning_rate;
  };
  EXPECT_NEAR(curvature(0.5) / curvature(1.0), std::pow(0.5, -4.0), 1e-9);
}

TEST_F(RefitOnNetwork, TakesAnSgdRateThatIsStableForSingleObservations) {
  const FitReport report =
      fit({.objective = kObjective, .optimizer = Optimizer::sgd, .batch = 1}, 600);
  EXPECT_LT(report.loss_end, report.loss_start);
}

// Kingma, Ba 2015, Algorithm 1, written out.
TEST_F(RefitOnNetwork, IsAdamAsPublished) {
  Vector m = Vector::Zero(initial_.size()), v = m;
  const Vector expected = plainly(kObjective, 30, [&](Index k, Vector& theta, const Vector& g) {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g.cwiseAbs2();
    const Vector m_hat = m / (1.0 - std::pow(0.9, k)), v_hat = v / (1.0 - std::pow(0.999, k));
    theta.array() -= 0.01 * m_hat.array() / (v_hat.array().sqrt() + 1e-8);
  });
  fit({.objective = kObjective, .optimizer = Optimizer::adam, .learning_rate = 0.01}, 30);
  EXPECT_LE((theta_ - expected).norm(), 1e-9 * expected.norm());
}

// [x; x]/sqrt(2) with W_1 = [W_a, W_b] moves V = (W_a + W_b)/sqrt(2) as the reduced network does.
TEST_F(RefitOnNetwork, MovesAReducedMirrorAsAdamMovesTheMirroredNetwork) {
  const Network reduced({.dim = 5, .width = 8, .depth = 2, .output_scale = 2.0, .input_copies = 2});
  const Network doubled({.dim = 10, .width = 8, .depth = 2, .output_scale = 2.0});
  const Vector start = random_vector(stream_, reduced.parameters()) / 2.0;
  Vector doubled_start(doubled.parameters());
  doubled_start << start.head(40) / std::sqrt(2.0), start.head(40) / std::sqrt(2.0), start.tail(8);
  History once(5, 1), twice(10, 1);
  for (Index i = 0; i < 30; ++i) {
    const Vector x = random_vector(stream_, 5);
    Vector xx(10);
    xx << x, x;
    xx /= std::sqrt(2.0);
    const double reward = stream_.normal();
    once.add(ContextView(0, x.data(), 5), reward);
    twice.add(ContextView(0, xx.data(), 10), reward);
  }
  const RefitSettings settings{
      .objective = kObjective, .optimizer = Optimizer::adam, .learning_rate = 0.01};
  Vector theta, mirrored;
  make_refit(reduced, start, settings)->fit(once, 25, start, theta);
  make_refit(doubled, doubled_start, settings)->fit(twice, 25, doubled_start, mirrored);
  const Vector v = (mirrored.head(40) + mirrored.segment(40, 40)) / std::sqrt(2.0);
  EXPECT_LE((theta.head(40) - v).norm(), 1e-10);
  EXPECT_LE((theta.tail(8) - mirrored.tail(8)).norm(), 1e-10);
  EXPECT_GT((theta - start).norm(), 0.1);
}

TEST_F(RefitOnNetwork, ReachesByLbfgsWhatDescentReachesInMoreSteps) {
  const FitReport slow = fit({.objective = kObjective}, 3000);
  const FitReport fast = fit({.objective = kObjective, .optimizer = Optimizer::lbfgs}, 200);
  EXPECT_LE(fast.loss_end, slow.loss_end * 1.02);
  EXPECT_LE(fast.steps, 200);
  EXPECT_GT(fast.steps, 3);
  const FitReport one = fit({.objective = kObjective, .optimizer = Optimizer::lbfgs}, 1);
  EXPECT_EQ(one.steps, 1);
  EXPECT_LT(one.loss_end, one.loss_start);
  const FitReport single = fit({.objective = kObjective,
                                .optimizer = Optimizer::lbfgs,
                                .precision = Precision::single_precision},
                               200);
  EXPECT_LE(single.loss_end, slow.loss_end * 1.05);
}

// |C X^T| by way of the Gram matrix may be minus a rounding error where a refit converges.
TEST_F(RefitOnNetwork, ReportsAGradientWhereContextsRepeat) {
  const Network network({.dim = 6, .width = 4, .depth = 2});
  const Vector initial = random_vector(stream_, network.parameters());
  for (const Precision precision : {Precision::double_precision, Precision::single_precision}) {
    History history(6, 1);
    const Vector x = random_vector(stream_, 6);
    for (Index i = 0; i < 9; ++i) history.add(ContextView(0, x.data(), 6), stream_.normal());
    const auto refit =
        make_refit(network, initial,
                   {.objective = {.center = PenaltyCenter::none, .descent_from_initial = true},
                    .precision = precision});
    const FitReport report = refit->fit(history, 2000, initial, theta_);
    EXPECT_GE(report.relative_gradient, 0.0);
    EXPECT_LT(report.relative_gradient, 1e-2);
  }
}

TEST_F(RefitOnNetwork, RefusesContextsWhoseCurvatureIsBeyondRange) {
  History history(5, 2);
  const Vector x = Vector::Constant(5, 1e160);
  history.add(ContextView(0, x.data(), 5), 1.0);
  try {
    make_refit(network_, initial_, {.objective = kObjective})->fit(history, 9, initial_, theta_);
    FAIL() << "no error";
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the contexts are too large"));
  }
}

class RefitByEach : public RefitOnNetwork, public ::testing::WithParamInterface<Optimizer> {};

TEST_P(RefitByEach, EndsEarlyBelowTheStatedError) {
  RefitSettings settings{.objective = kObjective, .optimizer = GetParam()};
  if (GetParam() == Optimizer::adam) settings.learning_rate = 0.01;
  const FitReport whole = fit(settings, 300);
  settings.stop_below = 2.0 * whole.loss_start / 60.0 * 0.7;
  const FitReport part = fit(settings, 300);
  EXPECT_LT(part.steps, whole.steps);
  EXPECT_GT(part.steps, 0);
  EXPECT_LT(part.loss_end, part.loss_start);
}

TEST_P(RefitByEach, FailsWithAdviceOnRewardsBeyondRange) {
  History history = history_;
  const Vector x = Vector::Ones(5);
  history.add(ContextView(0, x.data(), 5), 1e200);
  theta_ = initial_;
  try {
    make_refit(network_, initial_, {.objective = kObjective, .optimizer = GetParam()})
        ->fit(history, 10, initial_, theta_);
    FAIL() << "no error";
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the refit diverged: the loss is not finite at step 0"));
  }
  EXPECT_EQ(theta_, initial_);
}

INSTANTIATE_TEST_SUITE_P(Optimizers, RefitByEach,
                         ::testing::Values(Optimizer::gd, Optimizer::sgd, Optimizer::adam,
                                           Optimizer::lbfgs));

}  // namespace
}  // namespace cbsim
