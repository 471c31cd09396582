#pragma once

#include "cbsim/confidence/cholesky_factor.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// theta with sum_i (r_i - mu(theta^T x_i)) x_i = lambda theta, mu(z) = 1/(1 + e^{-z}): where the
/// gradient of the strictly convex
///   F(theta) = sum_i (log(1 + e^{z_i}) - r_i z_i) + lambda |theta|^2 / 2,  z_i = theta^T x_i,
/// vanishes, for rewards r_i of any size.
class LogisticRegression {
 public:
  /// Of the gradient, relative to the two terms that it is the difference of.
  static constexpr double kTolerance = 1e-11;

  LogisticRegression(Index dim, double lambda);

  /// Solves for the observations x (d x n), r (n), the first of which are those of the call before,
  /// from the solution before, by Newton's method. Throws RunError where the precision of doubles
  /// does not suffice.
  void fit(const ConstMatrixRef& x, const ConstVectorRef& r);

  /// mu(x^T theta).
  double predict(const ConstVectorRef& x) const;

  const Vector& theta() const { return theta_; }  ///< d
  Index size() const { return z_.size(); }        ///< n

  /// `samples`: the most that it may have been fitted to.
  void state(StateArchive& archive, Index samples);

 private:
  /// z_, gradient_ and the norm of the gradient, relative as kTolerance, at theta.
  double evaluate(const Vector& theta, const ConstMatrixRef& x, const ConstVectorRef& r);
  /// F(theta), theta being the last that was evaluated.
  double objective(const Vector& theta, const ConstVectorRef& r) const;
  void append(const ConstMatrixRef& x);

  double lambda_;
  Vector theta_;
  CholeskyFactor curvature_;            ///< of F'' = lambda I + sum mu'(z_i) x_i x_i^T, or nearly
  double squares_ = 0.0;                ///< sum |x_i|^2
  Vector z_, residual_;                 ///< n
  Vector gradient_, candidate_, step_;  ///< d
};

}  // namespace cbsim
