#pragma once

#include "cbsim/confidence/confidence.hpp"
#include "cbsim/confidence/packed_triangle.hpp"
#include "cbsim/training/factor_history.hpp"

namespace cbsim {

/// With G the p x t matrix of the gradients added and R R^T = s lambda I + G^T G (s the scale, R
/// lower triangular, t x t), the Woodbury identity gives
///   g^T Z^{-1} g = (|g|^2 - |R^{-1} k|^2) / lambda,  k = G^T g,
/// and adding g appends the row (R^{-1} k)^T, sqrt(s lambda + |g|^2 - |R^{-1} k|^2) to R: no more
/// work where g is one of the gradients just scored. Time t^2 / 2 a gradient scored, memory
/// t^2 / 2, independent of p.
class DualConfidence final : public Confidence {
 public:
  DualConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup)
      : layout_(layout), setup_(setup), added_(layout) {}

  void squared_widths(const GradientFactors& gradients, Vector& out) override;
  void add(const GradientFactors& gradients, Index column) override;
  double log_det() const override { return log_det_; }
  void state(StateArchive& archive) override;

  /// The gradients added so far; ends the use of this object.
  FactorHistory take_gradients() && { return std::move(added_); }

 private:
  /// solved_ = R^{-1} G^T g for each gradient.
  void solve(const GradientFactors& gradients);
  /// Whether solved_ holds R^{-1} G^T g for sample `column` of `gradients`, R and G as they are.
  bool is_solved(const GradientFactors& gradients, Index column) const;

  const ParameterLayout& layout_;
  ConfidenceSetup setup_;
  FactorHistory added_;  ///< G
  PackedTriangle r_;
  double log_det_ = 0.0;
  GradientFactors solved_for_;  ///< the n gradients that were solved last
  Matrix solved_;               ///< n x t at the time
  GradientFactors single_;
};

}  // namespace cbsim
