#include "cbsim/confidence/confidence_cost.hpp"

#include "cbsim/core/cost.hpp"

namespace cbsim {

ConfidenceCost confidence_cost(ConfidenceKind kind, const ParameterLayout& layout,
                               const ConfidenceSetup& setup, Index t) {
  const auto p = static_cast<double>(layout.size());
  const auto arms = static_cast<double>(setup.arms);
  const auto horizon = static_cast<double>(setup.horizon), rounds = static_cast<double>(t);
  double touched = 0.0, factors = 0.0;  // of one gradient: its coordinates, and its factors
  for (const ParameterMatrix& matrix : layout.matrices) {
    touched += static_cast<double>(matrix.block_size());
    factors += static_cast<double>(matrix.rows + matrix.cols);
  }
  if (kind == ConfidenceKind::diagonal) {
    return {.operations = 4.0 * touched * (arms + 1.0), .bytes = 8.0 * p};
  }
  const bool primal = p * p <= horizon * horizon / 6.0;  // as make_confidence chooses
  if (primal) {
    // Explicit gradients and their products with the inverse; Z and its inverse share p x p.
    return {.operations = 2.0 * p * p * (arms + 2.0), .bytes = 8.0 * (p * p + 2.0 * p * arms)};
  }
  // A triangular solve an arm, and the inner products before it.
  return {.operations = (rounds * rounds + 2.0 * factors * rounds) * (arms + 1.0),
          .bytes = 8.0 * (kGrowth * rounds * rounds / 2.0 + rounds * (factors + 3.0 * arms))};
}

}  // namespace cbsim
