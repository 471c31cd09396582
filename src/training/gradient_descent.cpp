#include "cbsim/training/gradient_descent.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

constexpr Index kMaxHalvings = 60;
// Rounding of a sum of squares; a true rise of the loss is far larger.
constexpr double kRoundingSlack = 1e-10;
// At the kinks of a ReLU network the loss of a good descent jitters; a step has failed when it
// undoes this share of what the descent has gained.
constexpr double kLostProgress = 0.01;

bool rises(double value, double before, double gained) {
  return !(value <= before + kRoundingSlack * std::abs(before) + kLostProgress * gained);
}

[[noreturn]] void fail(const std::string& what, const DescentPlan& plan, Index step, double rate) {
  throw RunError("the refit diverged: " + what + " at step " + std::to_string(step) +
                 " with learning rate " + shortest(rate) +
                 (plan.halve_on_rise
                      ? "; no automatic rate helps, so scale the rewards or the contexts down"
                      : "; the loss is a sum over all rounds, so a constant rate that is stable "
                        "early diverges later: use \"learning_rate\": \"auto\", a smaller rate, or "
                        "\"loss\": \"mean\""));
}

/// One descent at a fixed rate. False when the loss rose, if that ends the attempt.
bool descend(Loss& loss, const DescentPlan& plan, double rate, Vector& theta, Vector& gradient,
             FitReport& report) {
  double before = 0.0, lowest = 0.0;
  double first_norm = 0.0;
  for (Index step = 0;; ++step) {
    const double value = loss.evaluate(theta, gradient);
    if (step == 0) {
      if (!std::isfinite(value)) fail("the loss is not finite", plan, step, rate);
      report.loss_start = lowest = value;
      first_norm = gradient.norm();
    } else if (plan.halve_on_rise && rises(value, before, report.loss_start - lowest)) {
      return false;
    } else if (!std::isfinite(value)) {
      fail("the loss is not finite", plan, step, rate);
    }
    before = value;
    lowest = std::min(lowest, value);
    if (step == plan.steps) break;
    theta -= rate * gradient;
  }
  report.loss_end = before;
  const double last_norm = gradient.norm();
  report.relative_gradient = first_norm > 0.0 ? last_norm / first_norm : 0.0;
  if (!theta.allFinite() || !std::isfinite(last_norm)) {
    fail("the parameters or gradients are not finite", plan, plan.steps, rate);
  }
  if (rises(report.loss_end, report.loss_start, 0.0)) {
    fail("the loss ended above its start", plan, plan.steps, rate);
  }
  return true;
}

}  // namespace

FitReport gradient_descent(Loss& loss, const DescentPlan& plan, const Vector& start, Vector& theta,
                           Vector& gradient) {
  FitReport report{.steps = plan.steps, .learning_rate = plan.learning_rate};
  theta = start;
  while (!descend(loss, plan, report.learning_rate, theta, gradient, report)) {
    if (++report.halvings > kMaxHalvings) {
      fail("the loss rises at any learning rate", plan, 1, report.learning_rate);
    }
    report.learning_rate /= 2.0;
    theta = start;
  }
  return report;
}

}  // namespace cbsim
