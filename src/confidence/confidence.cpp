#include "cbsim/confidence/confidence.hpp"

namespace cbsim {
namespace {

/// Multiplications over a run: the primal form reads its p x p triangle for each arm and writes it
/// once a round; the dual solves with a triangle that grows to t x t for each arm.
bool primal_is_cheaper(const ParameterLayout& layout, const ConfidenceSetup& setup) {
  const auto p = static_cast<double>(layout.size());
  const auto t = static_cast<double>(setup.horizon);
  const auto arms = static_cast<double>(setup.arms);
  const double primal = t * p * p * (arms + 1.0);
  const double dual = t * t * t / 6.0 * (arms + 1.0);
  return primal <= dual;
}

}  // namespace

std::unique_ptr<Confidence> make_confidence(ConfidenceKind kind, const ParameterLayout& layout,
                                            const ConfidenceSetup& setup) {
  if (kind == ConfidenceKind::diagonal) return make_diagonal_confidence(layout, setup);
  return primal_is_cheaper(layout, setup) ? make_primal_confidence(layout, setup)
                                          : make_dual_confidence(layout, setup);
}

}  // namespace cbsim
