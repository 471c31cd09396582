#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "cbsim/core/rng.hpp"
#include "descent_failure.hpp"

namespace cbsim {
namespace {

/// The observations in random orders, a batch at a time. With all of them in one batch the batches
/// are empty, which is how an objective is told so.
class Batches {
 public:
  explicit Batches(const DescentPlan& plan)
      : size_(plan.batch),
        stream_(plan.seed, Purpose::batches, static_cast<std::uint64_t>(plan.samples)) {
    if (size_ <= 0 || size_ >= plan.samples) return;
    order_.resize(static_cast<std::size_t>(plan.samples));
    std::iota(order_.begin(), order_.end(), Index{0});
    next_ = plan.samples;
  }

  std::span<const Index> next() {
    if (order_.empty()) return {};
    if (next_ == std::ssize(order_)) {
      shuffle(stream_, order_);
      next_ = 0;
    }
    const Index first = next_;
    next_ = std::min(first + size_, static_cast<Index>(std::ssize(order_)));
    return std::span(order_).subspan(static_cast<std::size_t>(first),
                                     static_cast<std::size_t>(next_ - first));
  }

  bool epoch_ended() const { return next_ == std::ssize(order_); }

 private:
  Index size_, next_ = 0;
  Stream stream_;
  std::vector<Index> order_;
};

/// J times: the direction of a batch at w, then move(step) with step counting from 1.
template <class Real, class Move>
FitReport descend(Objective<Real>& objective, const DescentPlan& plan, const Vector& start,
                  DescentSpace<Real>& space, const Move& move) {
  FitReport report{.learning_rate = plan.learning_rate};
  objective.begin(start, space.w);
  double first_norm = 0.0;
  LossValue value = begin_report(objective, plan, space, report, first_norm);
  Batches batches(plan);
  double error = 0.0;  // mean squared errors of the batches of an epoch
  Index count = 0;
  while (report.steps < plan.steps) {
    value = objective.evaluate(space.w, space.direction, batches.next());
    if (!std::isfinite(value.total)) {
      fail("the loss is not finite", plan, report.steps, report.learning_rate);
    }
    error += value.mean_squared_error;
    ++count;
    if (batches.epoch_ended()) {
      if (error / static_cast<double>(count) < plan.stop_below) break;
      error = 0.0;
      count = 0;
    }
    move(++report.steps);
  }
  value = objective.evaluate(space.w, space.direction);
  end_report(objective, plan, space, value.total, first_norm, report);
  return report;
}

}  // namespace

template <class Real>
FitReport stochastic_gradient_descent(Objective<Real>& objective, const DescentPlan& plan,
                                      const Vector& start, DescentSpace<Real>& space) {
  const auto rate = static_cast<Real>(plan.learning_rate);
  return descend(objective, plan, start, space,
                 [&](Index /*step*/) { space.w -= rate * space.direction; });
}

template <class Real>
FitReport adam(Objective<Real>& objective, const DescentPlan& plan, const Vector& start,
               const ParameterLayout& layout, DescentSpace<Real>& space) {
  constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  space.first_moment.setZero(layout.size());
  space.second_moment.setZero(layout.size());
  return descend(objective, plan, start, space, [&](Index step) {
    const double t = static_cast<double>(step);
    const double correction = std::sqrt(1.0 - std::pow(beta2, t));
    const double rate = plan.learning_rate * correction / (1.0 - std::pow(beta1, t));
    auto& m = space.first_moment;
    auto& v = space.second_moment;
    m += static_cast<Real>(1.0 - beta1) * (space.direction - m);
    v += static_cast<Real>(1.0 - beta2) * (space.direction.cwiseAbs2() - v);
    for (const ParameterMatrix& matrix : layout.matrices) {
      const double root = std::sqrt(static_cast<double>(matrix.copies));
      const auto n = matrix.size();
      space.w.segment(matrix.offset, n).array() -=
          static_cast<Real>(root * rate) * m.segment(matrix.offset, n).array() /
          (v.segment(matrix.offset, n).array().sqrt() +
           static_cast<Real>(root * epsilon * correction));
    }
  });
}

template FitReport stochastic_gradient_descent(Objective<float>&, const DescentPlan&, const Vector&,
                                               DescentSpace<float>&);
template FitReport stochastic_gradient_descent(Objective<double>&, const DescentPlan&,
                                               const Vector&, DescentSpace<double>&);
template FitReport adam(Objective<float>&, const DescentPlan&, const Vector&,
                        const ParameterLayout&, DescentSpace<float>&);
template FitReport adam(Objective<double>&, const DescentPlan&, const Vector&,
                        const ParameterLayout&, DescentSpace<double>&);

}  // namespace cbsim
