#pragma once

#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// The inverse of Z = lambda I + sum v v^T, n x n, kept up to date under rank-one updates
/// (Sherman-Morrison: Z^{-1} -= u u^T / (1 + v^T u), u = Z^{-1} v). One n x n array holds both:
/// Z^{-1} in the lower triangle with its diagonal, Z above it.
///
/// After an update by v with v^T Z^{-1} v > kLargeUpdate, and every kCheckInterval updates, Z
/// Z^{-1} v = v is checked for the vector just added; beyond a relative kDriftBound the inverse is
/// computed anew from Z by a Cholesky factorisation.
class SymmetricInverse {
 public:
  static constexpr Index kCheckInterval = 128;
  static constexpr double kLargeUpdate = 1e6;
  /// Of tr(Z) / lambda, which bounds the condition number; widths lose about that many times eps.
  static constexpr double kLargestTrace = 1e15;
  static constexpr double kDriftBound = 1e-10;

  SymmetricInverse(Index n, double lambda);
  /// Starts at a given Z, n x n, of which the upper triangle with the diagonal is read, and whose
  /// log det(Z / lambda I) is known. Throws RunError when Z is not positive definite to rounding.
  SymmetricInverse(Matrix z, double lambda, double log_det);

  Index size() const { return diagonal_.size(); }

  /// out = Z^{-1} v for each column of v (n x k).
  void solve(const ConstMatrixRef& v, MatrixRef out) const;

  /// Z += v v^T. Throws RunError when Z is no longer positive definite to rounding.
  void add(const ConstVectorRef& v);

  double log_det() const { return log_det_; }  ///< log det(Z / lambda I)
  Index refactorisations() const { return refactorisations_; }

  void state(StateArchive& archive);

 private:
  void check_trace() const;
  void check(const ConstVectorRef& v);
  void refactorise();
  /// The lower triangle of both_ from the upper one. Returns log det(Z / lambda I).
  double invert();

  double lambda_;
  Matrix both_;
  Vector diagonal_;  ///< of Z
  Vector u_;
  double log_det_ = 0.0;
  Index updates_ = 0;
  Index refactorisations_ = 0;
};

}  // namespace cbsim
