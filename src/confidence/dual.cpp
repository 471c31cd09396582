#include "dual.hpp"

#include <algorithm>
#include <cmath>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

/// Of |g|^2 / (s lambda): widths lose about that many times eps by cancellation.
constexpr double kLargestRatio = 1e15;

}  // namespace

void DualConfidence::squared_widths(const GradientFactors& gradients, Vector& out) {
  solve(gradients);
  out = solved_.rowwise().squaredNorm();
  for (Index i = 0; i < out.size(); ++i) {
    const double rest = squared_norm(gradients, i) - out(i);
    out(i) = std::max(rest, 0.0) / (setup_.lambda * setup_.scale);
  }
}

void DualConfidence::add(const GradientFactors& gradients, Index column) {
  const double norm = squared_norm(gradients, column);
  const double shift = setup_.scale * setup_.lambda;
  if (!(norm <= kLargestRatio * shift)) {
    throw RunError("the contexts are too large for lambda: a gradient adds " +
                   shortest(norm / shift) +
                   " times lambda to Z, beyond the precision of doubles; normalise the features "
                   "or raise lambda");
  }
  Index row = column;
  if (!is_solved(gradients, column)) {
    single_.resize(layout_, 1);
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      single_.left[k] = gradients.left[k].col(column);
      single_.right[k] = gradients.right[k].col(column);
    }
    single_.block[0] = gradients.block[static_cast<std::size_t>(column)];
    solve(single_);
    row = 0;
  }
  const double rest = std::max(norm - solved_.row(row).squaredNorm(), 0.0);
  r_.append(solved_.row(row), std::sqrt(shift + rest));
  added_.append(gradients, column);
  log_det_ += std::log1p(rest / shift);
}

void DualConfidence::state(StateArchive& archive) {
  added_.state(archive);
  r_.state(archive);
  StateArchive::demand(added_.size() == r_.size());
  archive.value(log_det_);
}

void DualConfidence::solve(const GradientFactors& gradients) {
  solved_for_ = gradients;
  added_.inner_products(gradients, solved_);
  r_.solve(solved_);
}

// Comparing the factors, O(d + L m), is what makes reuse safe: it does not matter whether the
// caller adds what it scored (NeuralUCB) or a gradient at other weights (NeuralTS).
bool DualConfidence::is_solved(const GradientFactors& gradients, Index column) const {
  const auto i = static_cast<std::size_t>(column);
  if (solved_.cols() != added_.size() || column >= solved_for_.count() ||
      solved_for_.block[i] != gradients.block[i]) {
    return false;
  }
  for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
    if (solved_for_.left[k].col(column) != gradients.left[k].col(column) ||
        solved_for_.right[k].col(column) != gradients.right[k].col(column)) {
      return false;
    }
  }
  return true;
}

std::unique_ptr<Confidence> make_dual_confidence(const ParameterLayout& layout,
                                                 const ConfidenceSetup& setup) {
  return std::make_unique<DualConfidence>(layout, setup);
}

}  // namespace cbsim
