#pragma once

#include <algorithm>
#include <vector>

#include "cbsim/training/network.hpp"
#include "packed_history.hpp"

namespace cbsim {

/// What one evaluation reads and writes, shared by all passes over its samples.
template <class Real>
struct Evaluation {
  /// Behind W_1, in the order of theta.
  const Real* upper = nullptr;
  /// W_l and W_l^T packed for products (pack_rows), l = 2..L-1 at [l - 2].
  std::vector<kernels::Buffer<Real>> packed, packed_transposed;
  kernels::Buffer<Real> output;  ///< s W_L
  Real penalty = 0;              ///< c, for the blocks in dual form
  Real residual_weight = 1;      ///< t / n of a batch of n
};

/// A run of panels of one block.
template <class Real>
struct Segment {
  const PackedBlock<Real>* samples = nullptr;
  Index first = 0, panels = 0;
  const Real* weights = nullptr;  ///< the coordinates of this block: W_1, or C in panels
  Real* gradient = nullptr;       ///< their gradient: of W_1, 0 before; of C, set
};

struct PassSums {
  double squares = 0.0;  ///< of f - r
  double dual = 0.0;     ///< |C X^T|^2
};

/// Forward and backward over chunks of panels that stay in the second-level cache, with the work
/// space of one thread. The buffer of a hidden layer holds X_l after the forward pass and is
/// overwritten by the residual-weighted delta_l on the way back.
///
/// The first layer has two forms. Primal: H_1 = W_1 X, and the gradient D X^T with D = delta_1.
/// Dual: gradient steps keep W_1 = W_1(0) + C X^T, so H_1 = W_1(0) X + C (X^T X), the gradient
/// step C <- (1 - eta c) C - eta D needs no product, and C is held in the very panels of D.
///
/// Where the network has one hidden layer, wide for its input, and the form is primal, X_1 is kept
/// as its gates 1[H_1 > 0] alone. With G = (1[H_1 > 0] * residual) X^T the gradient of W_1 is
/// s W_2 * G and, as X_1 = 1[H_1 > 0] * (W_1 X), that of W_2 is s times the inner products of the
/// rows of W_1 and G: delta_1 is never written, the residual goes with the few rows of X.
template <class Real>
class FusedPass {
 public:
  explicit FusedPass(const Network& network);

  /// Numbers in the work space of a pass, about.
  static Index work_space(const NetworkShape& shape);

  /// Adds the gradient behind W_1 to `upper_gradient`.
  PassSums run(const Evaluation<Real>& evaluation, const Segment<Real>& segment,
               Real* upper_gradient);

  /// |C X^T|^2 of a block in dual form, C in panels.
  double dual_norm_squared(const PackedBlock<Real>& block, const Real* c);

 private:
  static constexpr Index kPanel = kernels::kPanel<Real>;
  static constexpr Index kLanes = kernels::kLanes<Real>;

  static Index chunk_panels(Index width);
  static Index share_rows(Index chunk_panels);
  /// Whether X_1 is kept as its gates alone in primal form.
  static bool keeps_gates(const NetworkShape& shape);

  const ParameterMatrix& weight(Index l) const {
    return network_.layout().matrices[network_.weight_index(l)];
  }
  /// Places behind W_1.
  Index upper_weight(Index l) const { return weight(l).offset - weight(1).size(); }
  Index upper_bias(Index l) const {
    return network_.layout().matrices[network_.bias_index(l)].offset - weight(1).size();
  }
  Real* hidden(Index l) {
    return l == 1 ? first_hidden_ : hidden_[static_cast<std::size_t>(l - 1)].data();
  }

  /// X_{l-1} of the chunk, and the gradient of W_l; in primal form.
  const Real* input(Index l) { return l == 1 ? segment_->samples->x.panel(first_) : hidden(l - 1); }
  Index input_stride(Index l) const {
    return l == 1 ? segment_->samples->x.stride() : hidden_stride_;
  }
  Real* gradient(Index l) {
    return l == 1 ? segment_->gradient : upper_gradient_ + upper_weight(l);
  }

  /// One sweep of a layer's product over `inner` rows of its input, from row `from`.
  struct Sweep {
    const Real* weights;  ///< primal: packed rows; dual: C, at the panel of row `from`
    Index row_size;       ///< primal: numbers of a packed row
    Index from, inner;
    Real* hidden;        ///< the first panel of the layer's output
    const Real* bias;    ///< null, or b_l
    const Real* output;  ///< null, or s W_L behind the last hidden layer
    bool first, last;
    bool gates;  ///< of the layer's output only 1[H_l > 0] is kept
  };

  void forward();
  template <bool Dual>
  void forward_layer(Index l, const Real* weights, Index inner, const Real* input,
                     Index input_stride);
  template <bool Dual, int Rows>
  void forward_tile(const Sweep& sweep, Index panel, Index i, const Real* x);
  void take_residual();
  void backward();
  template <int Rows>
  void output_rows(Index i);
  void weigh_input();
  void finish_gates();
  bool shared(Index l) const;
  template <int Rows>
  void outer_rows(Index l, Index i, const Real* x, Index x_stride);
  void outer_shares(Index l);
  template <int Rows>
  void bias_rows(Index l, Index i);
  template <int Rows>
  void penalty_rows(Index i);
  void propagate(Index l);
  template <int Rows>
  void propagate_tile(Index l, Index p, Index i);

  const Network& network_;
  Index width_, depth_, hidden_stride_, chunk_panels_;
  bool bias_;
  Real output_scale_;
  std::vector<kernels::Buffer<Real>> hidden_;  ///< L-1 layers, chunk_panels_ panels of m rows
  kernels::Buffer<Real> residual_, packed_first_;
  kernels::Buffer<Real> delta_, share_;  ///< what outer_shares copies together
  kernels::Buffer<Real> weighted_;       ///< X_0 * residual of the chunk, where gates are kept

  // What is being worked on.
  const Evaluation<Real>* evaluation_ = nullptr;
  const Segment<Real>* segment_ = nullptr;
  bool gates_ = false;  ///< whether X_1 is kept as its gates alone
  Real* upper_gradient_ = nullptr;
  Real* first_hidden_ = nullptr;
  Index first_ = 0, panels_ = 0;  ///< the chunk
  PassSums sums_;
  kernels::Vec<Real> dual_sum_{};
};

extern template class FusedPass<float>;
extern template class FusedPass<double>;

}  // namespace cbsim
