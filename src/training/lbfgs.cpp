#include <lbfgs.h>

#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "descent_failure.hpp"

namespace cbsim {
namespace {

/// Of |gradient| / max(1, |w|), where a search ends before its J iterations.
constexpr double kGradientBound = 1e-10;

/// What liblbfgs calls back. Where the loss is not finite it is told a large one, which shortens
/// the step along the line.
template <class Real>
struct Callbacks {
  Objective<Real>& objective;
  const DescentPlan& plan;
  DescentSpace<Real>& space;
  FitReport& report;

  static lbfgsfloatval_t evaluate(void* self, const lbfgsfloatval_t* x, lbfgsfloatval_t* g, int n,
                                  lbfgsfloatval_t /*step*/) {
    auto& me = *static_cast<Callbacks*>(self);
    const Index size = me.space.w.size();
    me.space.w = Eigen::Map<const Vector>(x, size).template cast<Real>();
    const LossValue value = me.objective.evaluate(me.space.w, me.space.direction);
    Eigen::Map<Vector> gradient(g, n);
    gradient.setZero();  // the padding
    gradient.head(size) = me.space.direction.template cast<double>();
    if (std::isfinite(value.total) && gradient.allFinite()) {
      me.error = value.mean_squared_error;
      me.loss = value.total;
      return value.total;
    }
    me.met_cliff = true;
    gradient.setZero();
    return 1e6 * (1.0 + std::abs(me.loss));
  }

  static int progress(void* self, const lbfgsfloatval_t* /*x*/, const lbfgsfloatval_t* /*g*/,
                      lbfgsfloatval_t /*loss*/, lbfgsfloatval_t /*norm*/,
                      lbfgsfloatval_t /*gradient_norm*/, lbfgsfloatval_t /*step*/, int /*n*/,
                      int iteration, int /*evaluations*/) {
    auto& me = *static_cast<Callbacks*>(self);
    me.report.steps = me.earlier_steps + iteration;
    return me.error < me.plan.stop_below || me.report.steps >= me.plan.steps ? 1 : 0;
  }

  /// Searches on from x, which is left where the last step has ended. True where the search gave up
  /// after it met a loss that is not finite.
  bool search(Eigen::Ref<Vector> x, lbfgs_parameter_t parameters) {
    earlier_steps = report.steps;
    const int status = ::lbfgs(static_cast<int>(x.size()), x.data(), nullptr, &evaluate, &progress,
                               this, &parameters);
    if (status == LBFGSERR_OUTOFMEMORY) throw std::bad_alloc();
    if (status < 0 && status >= LBFGSERR_UNKNOWNERROR && status < LBFGSERR_OUTOFINTERVAL) {
      throw std::logic_error("liblbfgs refused its parameters: " + std::to_string(status));
    }
    return status < 0 && met_cliff;
  }

  double error = std::numeric_limits<double>::infinity();
  double loss = 0.0;  ///< the last finite one
  bool met_cliff = false;
  Index earlier_steps = 0;
};

}  // namespace

template <class Real>
FitReport lbfgs(Objective<Real>& objective, const DescentPlan& plan, const Vector& start,
                DescentSpace<Real>& space) {
  FitReport report;
  objective.begin(start, space.w);
  double first_norm = 0.0;
  LossValue value = begin_report(objective, plan, space, report, first_norm);
  if (plan.steps > 0 && !(value.mean_squared_error < plan.stop_below)) {
    constexpr Index kUnit = 16;  // liblbfgs built for SSE wants whole units
    const Index size = space.w.size();
    const auto n = static_cast<int>((size + kUnit - 1) / kUnit * kUnit);
    const std::unique_ptr<lbfgsfloatval_t, decltype(&lbfgs_free)> x(lbfgs_malloc(n), lbfgs_free);
    if (!x) throw std::bad_alloc();
    Eigen::Map<Vector> coordinates(x.get(), n);
    coordinates.setZero();
    coordinates.head(size) = space.w.template cast<double>();
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.epsilon = kGradientBound;
    parameters.max_iterations = 0;  // `progress` counts
    // The end of a search without progress is no failure: at a kink of the ReLUs there is none.
    // But the cubics of the default line search fail at a cliff, where halving gets below it.
    Callbacks<Real> callbacks{objective, plan, space, report};
    if (callbacks.search(coordinates, parameters)) {
      parameters.linesearch = LBFGS_LINESEARCH_BACKTRACKING_WOLFE;
      callbacks.search(coordinates, parameters);
    }
    space.w = coordinates.head(size).template cast<Real>();
    value = objective.evaluate(space.w, space.direction);
  }
  end_report(objective, plan, space, value.total, first_norm, report);
  if (exceeds<Real>(report.loss_end, report.loss_start)) {
    fail("the loss ended above its start", plan, report.steps, 0.0);
  }
  return report;
}

template FitReport lbfgs(Objective<float>&, const DescentPlan&, const Vector&,
                         DescentSpace<float>&);
template FitReport lbfgs(Objective<double>&, const DescentPlan&, const Vector&,
                         DescentSpace<double>&);

}  // namespace cbsim
