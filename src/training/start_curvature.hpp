#pragma once

#include <vector>

#include "cbsim/core/history.hpp"
#include "cbsim/training/network.hpp"
#include "packed_history.hpp"

namespace cbsim {

/// J, the t x p Jacobian of f at theta_0, as packed factors: its rows never change, so that an
/// observation is linearised once.
template <class Real>
class StartJacobian {
 public:
  /// `network` and `initial` (theta_0) must outlive it.
  StartJacobian(const Network& network, const Vector& initial);

  /// Numbers that it holds besides those of the observations.
  static Index work_space(const NetworkShape& shape);

  /// Takes in the observations appended to `history` since the last call.
  void append(const History& history);

  /// The largest eigenvalue of J^T J, from below: power iteration on J J^T from the vector of ones
  /// until a step adds less than a relative 1e-3, so a pure function of the history. Gradients of a
  /// ReLU network at its start are positively correlated, which is why few iterations do. `packed`
  /// is the same history; a block in dual form costs no operation with d, as in a refit.
  double largest_eigenvalue(const std::vector<PackedBlock<Real>>& packed);

  double largest_squared_norm() const { return largest_squared_norm_; }  ///< of a row of J

 private:
  using Panels = PanelMatrix<Real>;
  static constexpr Index kPanel = kernels::kPanel<Real>;

  /// Of the observations of one block of the contexts.
  struct Block {
    std::vector<Panels> delta{}, hidden{};  ///< delta_l and X_l, l = 1..L-1 at [l - 1]
    kernels::Buffer<Real> u{};              ///< a vector in the space of samples
    kernels::Buffer<Real> product{};        ///< J J^T u
    kernels::Buffer<Real> first{};          ///< J^T u for W_1; in dual form u * delta_1, in panels
  };

  void multiply_transposed(const std::vector<PackedBlock<Real>>& packed);
  void multiply(const std::vector<PackedBlock<Real>>& packed);
  /// product += the sums over rows of delta_l * (V X).
  void add_products(Block& block, Index l, const Panels& x, Index inner, const Real* v, bool dual);
  /// Takes the product for u, with norm 1; returns u^T J J^T u of the old one.
  double iterate();

  const Network& network_;
  const Vector& initial_;
  Index width_, depth_;
  Real output_scale_;
  std::vector<Block> blocks_;
  Index size_ = 0;
  double largest_squared_norm_ = 0.0;
  std::vector<kernels::Buffer<Real>> weights_;  ///< J^T u for W_l, l = 2..L at [l - 1]
  std::vector<kernels::Buffer<Real>> biases_;   ///< for b_l, l = 1..L-1 at [l - 1]
  Real output_bias_ = 0;                        ///< for b_L
  kernels::Buffer<Real> weighted_, packed_rows_;
  GradientFactors factors_;
  Vector f_;
  Matrix norm_;
};

extern template class StartJacobian<float>;
extern template class StartJacobian<double>;

}  // namespace cbsim
