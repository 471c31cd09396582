#include "logistic_regression.hpp"

#include <cmath>
#include <limits>

#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

/// A step with the curvature of another theta must reduce the gradient to this; else the curvature
/// is computed anew, at d times the work of a step.
constexpr double kReduction = 0.1;
/// What a damped step must bring: of the decrease of F that the slope at its start promises, and
/// the slope at its end, of that.
constexpr double kArmijo = 1e-4, kFlat = 0.5;
constexpr int kMostEvaluations = 5000;
/// The largest relative gradient that rounding excuses.
constexpr double kLoosest = 1e-3;
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

/// log(1 + e^z) - r z.
double loss(double r, double z) {
  return (z > 0.0 ? (1.0 - r) * z : -r * z) + std::log1p(std::exp(-std::abs(z)));
}

/// The root of mu'(z).
double root_slope(double z) {
  const double root = std::exp(-0.5 * std::abs(z));
  return root / (1.0 + root * root);
}

}  // namespace

LogisticRegression::LogisticRegression(Index dim, double lambda)
    : lambda_(lambda), theta_(Vector::Zero(dim)), curvature_(dim, lambda) {}

// From round to round theta moves so little that the curvature of before, updated for what is new,
// serves nearly as well as that at theta. Where it does not, Newton's step is taken, shortened by
// bisection where it overshoots: large contexts make F all but piecewise linear.
void LogisticRegression::fit(const ConstMatrixRef& x, const ConstVectorRef& r) {
  append(x);
  double gradient = evaluate(theta_, x, r);
  bool fresh = false;                         // the curvature is that at theta
  double value = 0.0;                         // F(theta), where it is
  double share = 1.0, low = 0.0, high = 1.0;  // of the step; where F still falls, where it rises
  double promise = 0.0;                       // how fast F falls at the start of the step
  const auto aim = [&] {
    step_ = gradient_;
    curvature_.solve(step_);
    promise = gradient_.dot(step_);
    share = high = 1.0;
    low = 0.0;
  };
  aim();
  for (int i = 0; i < kMostEvaluations && gradient > kTolerance; ++i) {
    candidate_ = theta_ - share * step_;
    const double next = evaluate(candidate_, x, r), slope = gradient_.dot(step_);
    const auto damped = [&] {
      return objective(candidate_, r) <= value - kArmijo * share * promise &&
             (share == 1.0 || std::abs(slope) <= kFlat * promise);
    };
    if (next <= kReduction * gradient || (fresh && damped())) {
      theta_ = candidate_;
      gradient = next;
      fresh = false;
      aim();
    } else if (!fresh) {
      evaluate(theta_, x, r);
      value = objective(theta_, r);
      curvature_.assign(x * z_.unaryExpr(&root_slope).asDiagonal());
      fresh = true;
      aim();
    } else {
      (slope > 0.0 ? low : high) = share;
      share = 0.5 * (low + high);
      // Below the spacing of doubles at theta nothing nearer to the solution can be told.
      if ((high - low) * step_.norm() <= kEpsilon * theta_.norm()) break;
    }
  }
  if (!(gradient <= kLoosest)) {
    throw RunError(
        "the logistic regression does not converge within the precision of doubles; normalise the "
        "features and rewards or raise lambda");
  }
}

double LogisticRegression::predict(const ConstVectorRef& x) const {
  return 1.0 / (1.0 + std::exp(-theta_.dot(x)));
}

void LogisticRegression::state(StateArchive& archive, Index samples) {
  archive.numbers(theta_);
  curvature_.state(archive);
  archive.value(squares_);
  Index fitted = size();
  archive.value(fitted);
  StateArchive::demand(fitted >= 0 && fitted <= samples);
  z_.resize(fitted);
}

void LogisticRegression::append(const ConstMatrixRef& x) {
  for (Index i = size(); i < x.cols(); ++i) {
    curvature_.add(root_slope(theta_.dot(x.col(i))) * x.col(i));
    squares_ += x.col(i).squaredNorm();
  }
}

// With e = exp(-|z|) and without cancellation where r is 0 or 1 and mu(z) next to it:
// mu(-|z|) = e/(1 + e), mu(|z|) = 1 - mu(-|z|).
double LogisticRegression::evaluate(const Vector& theta, const ConstMatrixRef& x,
                                    const ConstVectorRef& r) {
  z_.noalias() = x.transpose() * theta;
  residual_ = (-z_.cwiseAbs()).array().exp();
  residual_ = residual_.array() / (1.0 + residual_.array());
  residual_ = (z_.array() > 0.0)
                  .select((r.array() - 1.0) + residual_.array(), r.array() - residual_.array());
  gradient_ = lambda_ * theta;
  gradient_.noalias() -= x * residual_;
  const double scale = std::sqrt(squares_) * residual_.norm() + lambda_ * theta.norm();
  return scale > 0.0 ? gradient_.norm() / scale : 0.0;
}

double LogisticRegression::objective(const Vector& theta, const ConstVectorRef& r) const {
  return r.binaryExpr(z_, &loss).sum() + 0.5 * lambda_ * theta.squaredNorm();
}

}  // namespace cbsim
