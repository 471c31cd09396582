#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/training/descent.hpp"
#include "cbsim/training/refit.hpp"
#include "support/configure.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using ::testing::HasSubstr;
using testing::random_history;
using testing::random_vector;

/// q |theta|^2 / 2, whose descent is known in closed form; it and its gradient are NaN where an
/// entry of theta is below `cliff`.
class Bowl final : public Objective<double> {
 public:
  explicit Bowl(double curvature, double cliff = -std::numeric_limits<double>::infinity())
      : curvature_(curvature), cliff_(cliff) {}
  void append(const History& /*history*/) override {}
  void begin(const Vector& theta, Vector& w) override { w = theta; }
  void end(const Vector& w, Vector& theta) const override { theta = w; }
  LossValue evaluate(const Vector& w, Vector& direction,
                     std::span<const Index> /*batch*/) override {
    direction = curvature_ * w;
    if (w.minCoeff() < cliff_) {
      direction.setConstant(std::numeric_limits<double>::quiet_NaN());
      return {.total = std::numeric_limits<double>::quiet_NaN()};
    }
    return {.total = 0.5 * curvature_ * w.squaredNorm(), .mean_squared_error = w.squaredNorm()};
  }
  double gradient_norm(const Vector& direction) override { return direction.norm(); }
  double largest_start_eigenvalue() override { return curvature_; }
  double largest_start_squared_norm() override { return curvature_; }

 private:
  double curvature_, cliff_;
};

class GradientDescent : public ::testing::Test {
 protected:
  FitReport descend(double curvature, const DescentPlan& plan, Index size = 1) {
    Bowl bowl(curvature);
    return gradient_descent(bowl, plan, Vector::Ones(size), space_);
  }

  std::string error_of(double curvature, const DescentPlan& plan) {
    try {
      descend(curvature, plan);
    } catch (const RunError& error) {
      return error.what();
    }
    return "";
  }

  DescentSpace<double> space_;
};

TEST_F(GradientDescent, TakesStepsOfTheStatedRate) {
  const FitReport report = descend(2.0, {.steps = 5, .learning_rate = 0.1}, 3);
  EXPECT_NEAR(space_.w(1), std::pow(1 - 0.1 * 2.0, 5), 1e-15);
  EXPECT_EQ(report.steps, 5);
  EXPECT_EQ(report.halvings, 0);
  EXPECT_DOUBLE_EQ(report.loss_start, 3.0);
  EXPECT_NEAR(report.loss_end, 3.0 * std::pow(0.8, 10), 1e-15);
  EXPECT_NEAR(report.relative_gradient, std::pow(0.8, 5), 1e-15);
}

TEST_F(GradientDescent, HalvesAnAutomaticRateUntilTheLossFalls) {
  const FitReport report = descend(2.0, {.steps = 4, .learning_rate = 3.0, .halve_on_rise = true});
  EXPECT_EQ(report.halvings, 2);  // 3, 1.5: |1 - 2 eta| > 1; 0.75: 0.5
  EXPECT_DOUBLE_EQ(report.learning_rate, 0.75);
  EXPECT_NEAR(space_.w(0), std::pow(0.5, 4), 1e-15);
}

TEST_F(GradientDescent, EndsEarlyBelowTheStatedError) {
  // The error after k steps is 0.64^k: 0.64^5 = 0.107, 0.64^6 = 0.069.
  const FitReport report = descend(2.0, {.steps = 50, .learning_rate = 0.1, .stop_below = 0.1});
  EXPECT_EQ(report.steps, 6);
  EXPECT_NEAR(space_.w(0), std::pow(0.8, 6), 1e-15);
  // At the start it is 1, which is not below 1.
  EXPECT_EQ(descend(2.0, {.steps = 50, .learning_rate = 0.1, .stop_below = 1.0}).steps, 1);
}

TEST_F(GradientDescent, ExplainsALossThatIsNotFinite) {
  EXPECT_THAT(error_of(2.0, {.steps = 2000, .learning_rate = 3.0}),
              ::testing::AllOf(HasSubstr("the refit diverged: the loss is not finite at step "),
                               HasSubstr("with learning rate 3;"),
                               HasSubstr("use \"learning_rate\": \"auto\"")));
}

TEST_F(GradientDescent, ExplainsALossThatEndsAboveItsStart) {
  EXPECT_THAT(error_of(2.0, {.steps = 3, .learning_rate = 1.01}),
              HasSubstr("the loss ended above its start at step 3"));
  // On the edge of stability the loss stays where it is, which is no divergence.
  EXPECT_EQ(error_of(2.0, {.steps = 3, .learning_rate = 1.0}), "");
}

TEST_F(GradientDescent, RefusesANanLoss) {
  EXPECT_THAT(
      error_of(std::numeric_limits<double>::quiet_NaN(), {.steps = 9, .learning_rate = 0.1}),
      HasSubstr("the loss is not finite at step 0"));
}

// theta is multiplied by -5 in a step: with all observations in each batch as in gradient descent.
TEST(StochasticDescent, ExplainsALossThatIsNotFinite) {
  const DescentPlan plan{.steps = 2000, .learning_rate = 3.0};
  const auto diverge = [&](auto descent) {
    return test::message_of<RunError>([&] {
      Bowl bowl(2.0);
      DescentSpace<double> space;
      descent(bowl, plan, Vector::Ones(1), space);
    });
  };
  const std::string step = std::to_string(
      static_cast<int>(std::log(std::numeric_limits<double>::max()) / std::log(25.0)) + 1);
  for (const auto& message :
       {diverge(&stochastic_gradient_descent<double>), diverge(&gradient_descent<double>)}) {
    EXPECT_THAT(message, HasSubstr("the loss is not finite at step " + step + " "));
  }
}

// The first trial goes 1 along -theta / |theta|, beyond the cliff.
TEST(Lbfgs, ReachesTheMinimumBesideACliff) {
  for (const double start : {0.0005, 0.01, 0.1, 0.45, 0.9}) {
    for (const double cliff : {-1e-9, -0.0005, -0.05}) {
      Bowl bowl(1.0, cliff);
      DescentSpace<double> space;
      const FitReport report = lbfgs(bowl, {.steps = 50}, Vector::Constant(1, start), space);
      EXPECT_LE(std::abs(space.w(0)), 1e-9) << start << " above a cliff at " << cliff;
      EXPECT_GE(report.steps, 1);
      EXPECT_LE(report.steps, 50);
    }
  }
}

/// |x| + 2 (y - 1)^2 + (x - y)^2 / 8: a kink that no line search along x gets past.
class Kink final : public Objective<double> {
 public:
  void append(const History& /*history*/) override {}
  void begin(const Vector& theta, Vector& w) override { w = theta; }
  void end(const Vector& w, Vector& theta) const override { theta = w; }
  LossValue evaluate(const Vector& w, Vector& direction,
                     std::span<const Index> /*batch*/) override {
    const double x = w(0), y = w(1);
    direction = Eigen::Vector2d((x < 0 ? -1 : 1) + (x - y) / 4, 4 * (y - 1) - (x - y) / 4);
    last = w;
    const double loss = std::abs(x) + 2 * (y - 1) * (y - 1) + (x - y) * (x - y) / 8;
    return {.total = loss, .mean_squared_error = loss};
  }
  double gradient_norm(const Vector& direction) override { return direction.norm(); }
  double largest_start_eigenvalue() override { return 1.0; }
  double largest_start_squared_norm() override { return 1.0; }

  Vector last;
};

TEST(Lbfgs, EndsWhereItsLastStepHasEnded) {
  const auto end_after = [](Index steps) {
    Kink kink;
    DescentSpace<double> space;
    const FitReport report = lbfgs(kink, {.steps = steps}, Eigen::Vector2d(0.9, 0.2), space);
    EXPECT_EQ(space.w, kink.last);
    return std::pair(report.steps, space.w);
  };
  const auto [steps, w] = end_after(50);
  ASSERT_LT(steps, 50);
  EXPECT_EQ(end_after(steps), std::pair(steps, w));
}

// From 0.9 the default search makes one step and meets the cliff at 0 in its second; the steps of
// the other search count on from there.
TEST(Lbfgs, CountsTheStepsOfBothItsSearches) {
  const auto end_after = [](Index steps) {
    Bowl bowl(1.0, 0.0);
    DescentSpace<double> space;
    const FitReport report = lbfgs(bowl, {.steps = steps}, Vector::Constant(1, 0.9), space);
    return std::pair(report.steps, space.w(0));
  };
  EXPECT_EQ(end_after(50), std::pair(Index{3}, 0.0));
  EXPECT_EQ(end_after(3), std::pair(Index{3}, 0.0));
  EXPECT_EQ(end_after(2).first, 2);
  EXPECT_GT(end_after(1).second, end_after(2).second);
  EXPECT_GT(end_after(2).second, 0.1);
}

/// A loss that does not move, with the errors of its batches given.
class Scripted final : public Objective<double> {
 public:
  explicit Scripted(std::vector<double> errors) : errors_(std::move(errors)) {}
  void append(const History& /*history*/) override {}
  void begin(const Vector& theta, Vector& w) override { w = theta; }
  void end(const Vector& w, Vector& theta) const override { theta = w; }
  LossValue evaluate(const Vector& w, Vector& direction, std::span<const Index> batch) override {
    direction = Vector::Zero(w.size());
    if (batch.empty()) return {.total = 1.0, .mean_squared_error = 100.0};
    return {.total = 1.0, .mean_squared_error = errors_.at(next_++)};
  }
  double gradient_norm(const Vector& direction) override { return direction.norm(); }
  double largest_start_eigenvalue() override { return 1.0; }
  double largest_start_squared_norm() override { return 1.0; }

 private:
  std::vector<double> errors_;
  std::size_t next_ = 0;
};

// Two batches an epoch: their mean errors are 10, 6 and 3.
TEST(StochasticDescent, EndsAfterTheFirstEpochWhoseMeanErrorIsBelowTheStatedOne) {
  Scripted scripted({11, 9, 4, 8, 4, 2});
  DescentSpace<double> space;
  const FitReport report = stochastic_gradient_descent(
      scripted, {.steps = 50, .learning_rate = 0.1, .stop_below = 4.0, .batch = 5, .samples = 10},
      Vector::Ones(2), space);
  EXPECT_EQ(report.steps, 5);
}

// At the kinks of a ReLU network the loss jitters; halving at every rise would make more steps end
// higher than fewer.
TEST(GradientDescentOnNetworks, EndsNoHigherWithMoreSteps) {
  const Network network({.dim = 20, .width = 20, .depth = 2, .output_scale = std::sqrt(20.0)});
  Stream stream(2, Purpose::contexts);
  const Vector initial = random_vector(stream, network.parameters()) / std::sqrt(10.0);
  for (const Index t : {50, 100, 200}) {
    const History history = random_history(stream, 20, 1, t);
    const auto refit = make_refit(network, initial,
                                  {.objective = {.penalty = 20.0, .descent_from_initial = true}});
    double before = std::numeric_limits<double>::infinity();
    for (const Index steps : {100, 300, 1000, 3000}) {
      Vector theta;
      const FitReport report = refit->fit(history, steps, initial, theta);
      EXPECT_LE(report.loss_end, before * 1.01) << t << " samples, " << steps << " steps";
      before = report.loss_end;
    }
  }
}

// Rewards of 0 leave a network with f(x; theta_0) = 0 nothing to learn but its own rounding.
TEST(GradientDescentOnNetworks, LeavesAPerfectStartAlone) {
  for (const Precision precision : {Precision::double_precision, Precision::single_precision}) {
    for (const Index dim : {3, 300}) {
      const Network network({.dim = dim, .width = 50, .depth = 2, .output_scale = std::sqrt(50.0)});
      Stream stream(4, Purpose::contexts);
      Vector initial = random_vector(stream, network.parameters()) / 5.0;
      auto w1 = network.weight(initial, 1);
      w1.bottomRows(25) = w1.topRows(25).eval();
      initial.tail(25) = -initial.tail(50).head(25).eval();
      History history(dim, 1);
      const auto refit = make_refit(
          network, initial,
          {.objective = {.penalty = 0.5, .descent_from_initial = true}, .precision = precision});
      for (Index i = 0; i < 20; ++i) {
        const Vector x = random_vector(stream, dim);
        history.add(ContextView(0, x.data(), dim), 0.0);
        Vector theta;
        const FitReport report = refit->fit(history, 100, initial, theta);
        EXPECT_EQ(report.halvings, 0);
        EXPECT_LT((theta - initial).norm(), 1e-6 * initial.norm());
      }
    }
  }
}

}  // namespace
}  // namespace cbsim
