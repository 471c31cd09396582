#include <algorithm>

#include "descent_failure.hpp"

namespace cbsim {
namespace {

constexpr Index kMaxHalvings = 60;
// At the kinks of a ReLU network the loss of a good descent jitters; a step has failed when it
// undoes this share of what the descent has gained.
constexpr double kLostProgress = 0.01;

/// One descent at a fixed rate. False when the loss rose, if that ends the attempt.
template <class Real>
bool descend(Objective<Real>& objective, const DescentPlan& plan, DescentSpace<Real>& space,
             double floor, FitReport& report) {
  double first_norm = 0.0;
  LossValue value = begin_report(objective, plan, space, report, first_norm);
  double before = value.total, lowest = value.total;
  const auto rate = static_cast<Real>(report.learning_rate);
  Index step = 0;
  while (step < plan.steps && !(value.mean_squared_error < plan.stop_below)) {
    space.w -= rate * space.direction;
    ++step;
    value = objective.evaluate(space.w, space.direction);
    if (plan.halve_on_rise &&
        exceeds<Real>(value.total, before, kLostProgress * (report.loss_start - lowest) + floor)) {
      return false;
    }
    if (!std::isfinite(value.total)) {
      fail("the loss is not finite", plan, step, report.learning_rate);
    }
    before = value.total;
    lowest = std::min(lowest, value.total);
  }
  report.steps = step;
  end_report(objective, plan, space, value.total, first_norm, report);
  if (exceeds<Real>(report.loss_end, report.loss_start, floor)) {
    if (plan.halve_on_rise) return false;  // many small rises
    fail("the loss ended above its start", plan, step, report.learning_rate);
  }
  return true;
}

}  // namespace

template <class Real>
FitReport gradient_descent(Objective<Real>& objective, const DescentPlan& plan, const Vector& start,
                           DescentSpace<Real>& space) {
  FitReport report{.learning_rate = plan.learning_rate};
  for (;;) {
    objective.begin(start, space.w);
    const double floor = rounding_floor<Real>(plan, start, report.learning_rate);
    if (descend(objective, plan, space, floor, report)) return report;
    if (++report.halvings > kMaxHalvings) {
      fail("the loss rises at any learning rate", plan, 1, report.learning_rate);
    }
    report.learning_rate /= 2.0;
  }
}

template FitReport gradient_descent(Objective<float>&, const DescentPlan&, const Vector&,
                                    DescentSpace<float>&);
template FitReport gradient_descent(Objective<double>&, const DescentPlan&, const Vector&,
                                    DescentSpace<double>&);

}  // namespace cbsim
