#pragma once

#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>

#include "cbsim/training/descent.hpp"

namespace cbsim {

/// Throws RunError: what happened, where, and what to do.
[[noreturn]] void fail(std::string_view what, const DescentPlan& plan, Index step, double rate);

/// Rounding of a sum of squares, relative; a true rise of the loss is far larger.
template <class Real>
constexpr double kRoundingSlack = std::is_same_v<Real, float> ? 1e-5 : 1e-10;

/// Whether a loss lies above `bound`, beyond rounding and `tolerated`, or is NaN.
template <class Real>
bool exceeds(double loss, double bound, double tolerated = 0.0) {
  return !(loss <= bound + kRoundingSlack<Real> * std::abs(bound) + tolerated);
}

/// The loss that rounding alone gives: f has errors of about eps |grad f| |theta|, and 1/eta is at
/// least a |grad f|^2 where eta is stable.
template <class Real>
double rounding_floor(const DescentPlan& plan, const Vector& start, double rate) {
  const double error = 2.0 * static_cast<double>(std::numeric_limits<Real>::epsilon());
  return static_cast<double>(plan.samples) * error * error * start.squaredNorm() / rate;
}

/// Begins a report at w: its loss and the norm of its gradient.
template <class Real>
LossValue begin_report(Objective<Real>& objective, const DescentPlan& plan,
                       DescentSpace<Real>& space, FitReport& report, double& gradient_norm) {
  const LossValue value = objective.evaluate(space.w, space.direction);
  if (!std::isfinite(value.total)) {
    fail("the loss is not finite", plan, 0, report.learning_rate);
  }
  report.loss_start = value.total;
  gradient_norm = objective.gradient_norm(space.direction);
  return value;
}

/// Ends a report at w, whose loss is `loss` and whose direction is in `space`.
template <class Real>
void end_report(Objective<Real>& objective, const DescentPlan& plan, DescentSpace<Real>& space,
                double loss, double first_norm, FitReport& report) {
  const double last_norm = objective.gradient_norm(space.direction);
  report.loss_end = loss;
  report.relative_gradient = first_norm > 0.0 ? last_norm / first_norm : 0.0;
  if (!std::isfinite(loss)) {
    fail("the loss is not finite", plan, report.steps, report.learning_rate);
  }
  if (!space.w.allFinite() || !std::isfinite(last_norm)) {
    fail("the parameters or gradients are not finite", plan, report.steps, report.learning_rate);
  }
}

}  // namespace cbsim
