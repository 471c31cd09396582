#include "kernel_regression.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

/// Of k(x, x) / lambda: widths lose about that many times eps by cancellation.
constexpr double kLargestRatio = 1e15;

}  // namespace

KernelRegression::KernelRegression(std::unique_ptr<Kernel> kernel, Index arms, double lambda,
                                   Index capacity)
    : kernel_(std::move(kernel)), arms_(arms), lambda_(lambda), capacity_(capacity), u_(capacity) {}

void KernelRegression::predict(const Contexts& contexts, Vector& mean) {
  scored_ = contexts;
  kernel_->evaluate(scored_.views(), solved_, itself_);
  r_.solve(solved_);
  mean.noalias() = solved_ * u_.head(size());
}

void KernelRegression::predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) {
  predict(contexts, mean);
  width = itself_ - solved_.rowwise().squaredNorm();
  width = (width.cwiseMax(0.0) / lambda_).cwiseSqrt();  // rounding
}

void KernelRegression::update(const Outcome& outcome) {
  for (const Observation& seen : outcome.arrived) {
    if (size() < capacity_) store(seen);
  }
}

void KernelRegression::store(const Observation& seen) {
  Index row = seen.arm;
  if (!is_solved(seen)) {
    kernel_->evaluate({&seen.x, 1}, solved_, itself_);
    r_.solve(solved_);
    row = 0;
  }
  if (!(itself_(row) <= kLargestRatio * lambda_)) {
    throw RunError("lambda is too small for the kernel: k(x, x) is " +
                   shortest(itself_(row) / lambda_) +
                   " times lambda, beyond the precision of doubles; raise lambda or normalise the "
                   "features");
  }
  const double rest = std::max(itself_(row) - solved_.row(row).squaredNorm(), 0.0);
  const double diagonal = std::sqrt(lambda_ + rest);
  u_(size()) = (seen.reward - solved_.row(row).dot(u_.head(size()))) / diagonal;
  r_.append(solved_.row(row), diagonal);
  log_det_ += std::log1p(rest / lambda_);
  kernel_->store(seen.x, row);
}

// A reward that arrives late finds other contexts scored, or more of them stored.
bool KernelRegression::is_solved(const Observation& seen) const {
  return solved_.cols() == size() && seen.arm < scored_.arms() &&
         scored_[seen.arm].block == seen.x.block && scored_[seen.arm].x == seen.x.x;
}

ConfidenceState KernelRegression::confidence_state() const {
  return {.t = size(), .log_det = log_det_, .lambda = lambda_};
}

Diagnostics KernelRegression::diagnostics() const {
  return {.log_det = log_det_,
          .effective_dim = effective_dimension(log_det_, size(), arms_, lambda_)};
}

Vector KernelRegression::weights(bool /*initial*/) const { return kernel_->weights(); }

void KernelRegression::state(StateArchive& archive) {
  kernel_->state(archive);
  r_.state(archive);
  StateArchive::demand(kernel_->size() == size() && size() <= capacity_);
  archive.numbers(u_);
  archive.value(log_det_);
}

RunCost kernel_regression_cost(Index arms, double numbers, Index capacity) {
  const auto k = static_cast<double>(arms), most = static_cast<double>(capacity);
  return {.bytes = 8.0 * most * (most / 2.0 + numbers + 2.0 * k),
          .round =
              [=](Index t) {
                const double stored = std::min(static_cast<double>(t), most);
                return RoundCost{.operations = k * stored * (stored + 2.0 * numbers)};
              },
          .remedy = {}};
}

}  // namespace cbsim
