#include "cbsim/training/gradient_descent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

#include "cbsim/core/error.hpp"
#include "cbsim/training/start_curvature.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using ::testing::HasSubstr;
using testing::random_history;
using testing::random_vector;

/// q |theta|^2 / 2, whose descent is known in closed form.
class Bowl final : public SquaredError {
 public:
  explicit Bowl(double curvature) : curvature_(curvature) {}
  void append(const History& /*history*/) override {}
  double evaluate(const Vector& theta, Vector& gradient) override {
    gradient = curvature_ * theta;
    return 0.5 * curvature_ * theta.squaredNorm();
  }

 private:
  double curvature_;
};

Loss bowl(double curvature, const Vector& initial) {
  return {std::make_unique<Bowl>(curvature), 0.0, PenaltyCenter::none, false, initial};
}

TEST(GradientDescent, TakesStepsOfTheStatedRate) {
  const Vector start = Vector::Ones(3);
  Loss loss = bowl(2.0, start);
  Vector theta, gradient;
  const FitReport report =
      gradient_descent(loss, {.steps = 5, .learning_rate = 0.1}, start, theta, gradient);
  EXPECT_NEAR(theta(1), std::pow(1 - 0.1 * 2.0, 5), 1e-15);
  EXPECT_EQ(report.steps, 5);
  EXPECT_EQ(report.halvings, 0);
  EXPECT_DOUBLE_EQ(report.loss_start, 3.0);
  EXPECT_NEAR(report.loss_end, 3.0 * std::pow(0.8, 10), 1e-15);
  EXPECT_NEAR(report.relative_gradient, std::pow(0.8, 5), 1e-15);
}

TEST(GradientDescent, HalvesAnAutomaticRateUntilTheLossFalls) {
  const Vector start = Vector::Ones(1);
  Loss loss = bowl(2.0, start);
  Vector theta, gradient;
  const FitReport report = gradient_descent(
      loss, {.steps = 4, .learning_rate = 3.0, .halve_on_rise = true}, start, theta, gradient);
  EXPECT_EQ(report.halvings, 2);  // 3, 1.5: |1 - 2 eta| > 1; 0.75: 0.5
  EXPECT_DOUBLE_EQ(report.learning_rate, 0.75);
  EXPECT_NEAR(theta(0), std::pow(0.5, 4), 1e-15);
}

std::string error_of(Loss loss, double rate, const Vector& start) {
  Vector theta, gradient;
  try {
    gradient_descent(loss, {.steps = 2000, .learning_rate = rate}, start, theta, gradient);
  } catch (const RunError& error) {
    return error.what();
  }
  return "";
}

TEST(GradientDescent, ExplainsALossThatIsNotFinite) {
  const Vector start = Vector::Ones(1);
  EXPECT_THAT(error_of(bowl(2.0, start), 3.0, start),
              ::testing::AllOf(HasSubstr("the refit diverged: the loss is not finite at step "),
                               HasSubstr("with learning rate 3;"),
                               HasSubstr("use \"learning_rate\": \"auto\"")));
}

TEST(GradientDescent, ExplainsALossThatEndsAboveItsStart) {
  const Vector start = Vector::Ones(1);
  Loss loss = bowl(2.0, start);
  Vector theta, gradient;
  EXPECT_THROW(gradient_descent(loss, {.steps = 3, .learning_rate = 1.01}, start, theta, gradient),
               RunError);
  // On the edge of stability the loss stays where it is, which is no divergence.
  EXPECT_NO_THROW(
      gradient_descent(loss, {.steps = 3, .learning_rate = 1.0}, start, theta, gradient));
}

TEST(GradientDescent, RefusesANanLoss) {
  const Vector start = Vector::Ones(1);
  EXPECT_THAT(error_of(bowl(std::numeric_limits<double>::quiet_NaN(), start), 0.1, start),
              HasSubstr("the loss is not finite at step 0"));
}

// At the kinks of a ReLU network the loss jitters; halving at every rise would make more steps end
// higher than fewer.
TEST(GradientDescent, EndsNoHigherWithMoreSteps) {
  const Network network({.dim = 20, .width = 20, .depth = 2, .output_scale = std::sqrt(20.0)});
  Stream stream(2, Purpose::contexts);
  const Vector initial = random_vector(stream, network.parameters()) / std::sqrt(10.0);
  for (const Index t : {50, 100, 200}) {
    const History history = random_history(stream, 20, 1, t);
    StartCurvature curvature(network, initial);
    curvature.append(history);
    Loss loss(make_fused_squared_error(network), 20.0, PenaltyCenter::initial, false, initial);
    loss.append(history);
    const double rate = 1.0 / (curvature.largest_eigenvalue() + loss.penalty());
    double before = std::numeric_limits<double>::infinity();
    for (const Index steps : {100, 300, 1000, 3000}) {
      Vector theta, gradient;
      const FitReport report =
          gradient_descent(loss, {.steps = steps, .learning_rate = rate, .halve_on_rise = true},
                           initial, theta, gradient);
      EXPECT_LE(report.loss_end, before * 1.01) << t << " samples, " << steps << " steps";
      before = report.loss_end;
    }
  }
}

class CurvatureOfEachShape : public ::testing::TestWithParam<Index> {};

TEST_P(CurvatureOfEachShape, HasTheLargestEigenvalueOfADenseSolver) {
  const Index blocks = GetParam();
  const Network network({.dim = 6, .blocks = blocks, .width = 10, .depth = 3, .output_scale = 3.0});
  Stream stream(21, Purpose::contexts);
  const Vector initial = random_vector(stream, network.parameters()) / 3.0;
  StartCurvature curvature(network, initial);
  History history(6, blocks);
  Matrix jacobian(0, network.parameters());
  for (Index i = 0; i < 60; ++i) {
    const Vector x = random_vector(stream, 6);
    const ContextView context(i % blocks, x.data(), 6);
    history.add(context, 0.0);
    Vector f;
    GradientFactors factors;
    network.evaluate(initial, {&context, 1}, f, &factors);
    jacobian.conservativeResize(i + 1, Eigen::NoChange);
    jacobian.row(i) = testing::explicit_gradients(network.layout(), factors).col(0).transpose();
    if (i % 20 == 19) curvature.append(history);  // grows in pieces
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(jacobian * jacobian.transpose());
  const double expected = solver.eigenvalues().maxCoeff();
  const double found = curvature.largest_eigenvalue();
  EXPECT_LE(found, expected * (1 + 1e-12));
  EXPECT_GE(found, expected * 0.98);
  EXPECT_EQ(curvature.largest_eigenvalue(), found);
}

INSTANTIATE_TEST_SUITE_P(Blocks, CurvatureOfEachShape, ::testing::Values(1, 3));

TEST(StartCurvature, IsZeroForGradientsThatAreZero) {
  const Network network({.dim = 2, .width = 2, .depth = 2});
  const Vector initial = Vector::Zero(network.parameters());
  StartCurvature curvature(network, initial);
  History history(2, 1);
  const Vector x = Vector::Ones(2);
  history.add(ContextView(0, x.data(), 2), 1.0);
  curvature.append(history);
  EXPECT_EQ(curvature.largest_eigenvalue(), 0.0);
}

}  // namespace
}  // namespace cbsim
