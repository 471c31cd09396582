#pragma once

#include "cbsim/core/outcome.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/loss.hpp"

namespace cbsim {

/// How far gradient descent goes.
struct DescentPlan {
  Index steps = 0;           ///< J
  double learning_rate = 0;  ///< eta
  bool halve_on_rise =
      false;  ///< where a step undoes 1 % of the gain so far, halve eta and start again
};

/// J full-batch steps theta <- theta - eta grad L(theta) from `start` (Zhou, Li, Gu 2020,
/// Algorithm 2). Sets `theta`; `gradient` is left at grad L(theta). Throws RunError, leaving a
/// meaningless theta behind, when the loss or theta is not finite or the loss ends above its start.
FitReport gradient_descent(Loss& loss, const DescentPlan& plan, const Vector& start, Vector& theta,
                           Vector& gradient);

}  // namespace cbsim
