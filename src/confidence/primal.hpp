#pragma once

#include "cbsim/confidence/confidence.hpp"
#include "cbsim/confidence/symmetric_inverse.hpp"
#include "cbsim/training/factor_history.hpp"

namespace cbsim {

/// Z^{-1} as a p x p matrix; gradients are formed as p-vectors.
class PrimalConfidence final : public Confidence {
 public:
  PrimalConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup);
  /// Starts with Z of the gradients `added`, of which log_det is known.
  PrimalConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup,
                   const FactorHistory& added, double log_det);

  void squared_widths(const GradientFactors& gradients, Vector& out) override;
  void add(const GradientFactors& gradients, Index column) override;
  double log_det() const override { return inverse_.log_det(); }
  void state(StateArchive& archive) override { inverse_.state(archive); }

 private:
  /// out = g_i / sqrt(scale).
  void write(const GradientFactors& gradients, Index i, VectorRef out) const;

  const ParameterLayout& layout_;
  double root_scale_;
  SymmetricInverse inverse_;
  Matrix scored_, solved_;  ///< p x n
  Vector update_;           ///< p
};

}  // namespace cbsim
