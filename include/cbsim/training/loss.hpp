#pragma once

#include <memory>

#include "cbsim/core/history.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/network.hpp"

namespace cbsim {

/// The data term of the loss: E(theta) = sum_i (f(x_i; theta) - r_i)^2 / 2 over a growing history.
class SquaredError {
 public:
  virtual ~SquaredError() = default;
  /// Takes in the observations appended to `history` since the last call; always the same history.
  virtual void append(const History& history) = 0;
  /// E(theta); sets `gradient` (p) to sum_i (f(x_i; theta) - r_i) grad f(x_i; theta).
  virtual double evaluate(const Vector& theta, Vector& gradient) = 0;
};

/// By vector kernels over blocks of samples that stay in cache; allocates only in `append`.
std::unique_ptr<SquaredError> make_fused_squared_error(const Network& network);

/// By plain Eigen products: the oracle of the fused version. `network` must outlive either.
std::unique_ptr<SquaredError> make_plain_squared_error(const Network& network);

/// What the penalty pulls theta towards.
enum class PenaltyCenter { initial, zero, none };

/// The loss of Zhou, Li, Gu 2020, Algorithm 2,
///   L(theta) = E(theta) + c |theta - theta_c|^2 / 2,
/// with c = m lambda and theta_c = theta_0 in the paper. With `mean` all of it is divided by t.
class Loss {
 public:
  /// `initial` (theta_0) must outlive the loss.
  Loss(std::unique_ptr<SquaredError> data, double penalty, PenaltyCenter center, bool mean,
       const Vector& initial);

  void append(const History& history);
  /// The loss at theta; sets `gradient` (p).
  double evaluate(const Vector& theta, Vector& gradient);

  double penalty() const { return penalty_; }  ///< c; 0 without a penalty
  double weight() const { return weight_; }    ///< 1, or 1/t for the mean

 private:
  std::unique_ptr<SquaredError> data_;
  double penalty_;
  PenaltyCenter center_;
  bool mean_;
  const Vector& initial_;
  double weight_ = 1.0;
};

}  // namespace cbsim
