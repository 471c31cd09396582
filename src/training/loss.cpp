#include "cbsim/training/loss.hpp"

#include <algorithm>
#include <utility>

namespace cbsim {

Loss::Loss(std::unique_ptr<SquaredError> data, double penalty, PenaltyCenter center, bool mean,
           const Vector& initial)
    : data_(std::move(data)),
      penalty_(center == PenaltyCenter::none ? 0.0 : penalty),
      center_(center),
      mean_(mean),
      initial_(initial) {}

void Loss::append(const History& history) {
  data_->append(history);
  weight_ = mean_ ? 1.0 / static_cast<double>(std::max<Index>(history.size(), 1)) : 1.0;
}

double Loss::evaluate(const Vector& theta, Vector& gradient) {
  double value = data_->evaluate(theta, gradient);
  if (penalty_ > 0.0) {
    if (center_ == PenaltyCenter::initial) {
      value += 0.5 * penalty_ * (theta - initial_).squaredNorm();
      gradient += penalty_ * (theta - initial_);
    } else {
      value += 0.5 * penalty_ * theta.squaredNorm();
      gradient += penalty_ * theta;
    }
  }
  if (mean_) gradient *= weight_;
  return weight_ * value;
}

}  // namespace cbsim
