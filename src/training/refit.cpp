#include "cbsim/training/refit.hpp"

#include <algorithm>
#include <cmath>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/training/descent.hpp"
#include "refit_choices.hpp"

namespace cbsim {
namespace {

constexpr double kAdamRate = 1e-3;

template <class Real>
class RefitIn final : public Refit {
 public:
  RefitIn(const Network& network, const Vector& initial, const RefitSettings& settings)
      : network_(network),
        settings_(settings),
        objective_(make_objective(network, initial, settings)) {}

  FitReport fit(const History& history, Index steps, const Vector& start, Vector& theta) override {
    objective_->append(history);
    const bool batched = settings_.batch > 0 && settings_.batch < history.size();
    const DescentPlan plan{.steps = steps,
                           .learning_rate = learning_rate(history, batched),
                           .halve_on_rise = !settings_.learning_rate,
                           .stop_below = settings_.stop_below,
                           .batch = settings_.batch,
                           .samples = history.size(),
                           .seed = settings_.seed};
    FitReport report = descend(plan, start);
    if (settings_.keep < 1.0) report.relative_gradient = 0.0;  // of random units: says nothing
    objective_->end(space_.w, theta);
    return report;
  }

 private:
  static std::unique_ptr<Objective<Real>> make_objective(const Network& network,
                                                         const Vector& initial,
                                                         const RefitSettings& settings) {
    ObjectiveSettings objective = objective_settings(settings);
    if (settings.keep == 1.0) return make_fused_objective<Real>(network, initial, objective);
    ObjectiveSettings data = objective;
    data.center = PenaltyCenter::none;
    data.descent_from_initial = false;  // units are columns of W_l, in the coordinates of theta
    return make_dropout_objective<Real>(make_fused_objective<Real>(network, initial, data), network,
                                        initial, objective, settings.keep, settings.seed);
  }

  double learning_rate(const History& history, bool batched) {
    if (settings_.learning_rate) return *settings_.learning_rate;
    if (settings_.optimizer == Optimizer::adam) return kAdamRate;
    if (settings_.optimizer == Optimizer::lbfgs) return 0.0;
    const auto t = static_cast<double>(history.size());
    const ObjectiveSettings& objective = settings_.objective;
    const double all_units = batched ? t * objective_->largest_start_squared_norm()
                                     : objective_->largest_start_eigenvalue();
    // The units that are kept weigh 1/keep, once for each hidden layer.
    const auto hidden = static_cast<double>(network_.shape().depth - 1);
    const double data = all_units * std::pow(settings_.keep, -2.0 * hidden);
    const double penalty = objective.center == PenaltyCenter::none ? 0.0 : objective.penalty;
    const double curvature = (data + penalty) / (objective.mean ? t : 1.0);
    const double rate = curvature > 0.0 ? 1.0 / curvature : 1.0;
    if (!(static_cast<Real>(rate) > Real{0})) {
      throw RunError("the contexts are too large: the loss has a curvature of " +
                     shortest(curvature) +
                     " at the start, beyond the range of the arithmetic; "
                     "scale the features down");
    }
    return rate;
  }

  FitReport descend(const DescentPlan& plan, const Vector& start) {
    switch (settings_.optimizer) {
      case Optimizer::sgd:
        return stochastic_gradient_descent(*objective_, plan, start, space_);
      case Optimizer::adam:
        return adam(*objective_, plan, start, network_.layout(), space_);
      case Optimizer::lbfgs:
        return lbfgs(*objective_, plan, start, space_);
      case Optimizer::gd:
        break;
    }
    return gradient_descent(*objective_, plan, start, space_);
  }

  const Network& network_;
  RefitSettings settings_;
  std::unique_ptr<Objective<Real>> objective_;
  DescentSpace<Real> space_;
};

}  // namespace

std::unique_ptr<Refit> make_refit(const Network& network, const Vector& initial,
                                  const RefitSettings& settings) {
  if (settings.precision == Precision::single_precision) {
    return std::make_unique<RefitIn<float>>(network, initial, settings);
  }
  return std::make_unique<RefitIn<double>>(network, initial, settings);
}

}  // namespace cbsim
