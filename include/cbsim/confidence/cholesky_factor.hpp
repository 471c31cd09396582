#pragma once

#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// The lower Cholesky factor L of A = lambda I + sum v v^T, n x n, under rank-one updates by Givens
/// rotations (Golub, Van Loan, Matrix Computations, section 6.5.4): n^2 a product or an update, and
/// backward stable, so that it needs no check against drift. Beside products with A^{-1} it gives
/// what an inverse does not: draws from N(0, A^{-1}).
class CholeskyFactor {
 public:
  /// Of tr(A) / lambda; widths lose about that many times eps.
  static constexpr double kLargestTrace = 1e15;

  CholeskyFactor(Index n, double lambda);

  Index size() const { return l_.rows(); }

  /// A += v v^T. Throws RunError when tr(A) / lambda exceeds kLargestTrace or is not finite.
  void add(const ConstVectorRef& v);

  /// A = lambda I + v v^T anew, for v n x k. Throws as `add`.
  void assign(const ConstMatrixRef& v);

  /// x <- L^{-1} x; the squared norm of a column x then is x^T A^{-1} x.
  void half_solve(MatrixRef x) const;
  /// x <- L^{-T} x; a column x of independent standard normals then is a draw from N(0, A^{-1}).
  void transposed_half_solve(MatrixRef x) const;
  /// x <- A^{-1} x.
  void solve(MatrixRef x) const;

  double log_det() const { return log_det_; }  ///< log det(A / lambda I)

  void state(StateArchive& archive);

 private:
  void check_trace() const;

  double lambda_;
  Matrix l_;      ///< the upper triangle is zero
  Vector rest_;   ///< of v, during an update
  double trace_;  ///< of A
  double log_det_ = 0.0;
};

}  // namespace cbsim
