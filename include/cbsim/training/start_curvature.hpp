#pragma once

#include "cbsim/core/history.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/factor_history.hpp"
#include "cbsim/training/network.hpp"

namespace cbsim {

/// The curvature of the data term at theta_0: J^T J with J the t x p Jacobian of f at theta_0,
/// whose rows never change, so that an observation is linearised once.
class StartCurvature {
 public:
  /// `network` and `initial` (theta_0) must outlive the curvature.
  StartCurvature(const Network& network, const Vector& initial);

  /// Takes in the observations appended to `history` since the last call.
  void append(const History& history);

  /// The largest eigenvalue of J^T J, from below: power iteration on J J^T from the vector of ones
  /// until a step adds less than a relative 1e-3, so a pure function of the history. Gradients of a
  /// ReLU network at its start are positively correlated, which is why few iterations do.
  double largest_eigenvalue();

  /// The largest |grad f(x_i; theta_0)|^2: n times it bounds the curvature of n observations.
  double largest_squared_norm() const { return largest_squared_norm_; }

 private:
  const Network& network_;
  const Vector& initial_;
  FactorHistory gradients_;
  std::vector<Index> seen_;  ///< observations of each block taken in
  GradientFactors factors_;
  Vector f_, u_, v_;
  Matrix norm_;
  double largest_squared_norm_ = 0.0;
};

}  // namespace cbsim
