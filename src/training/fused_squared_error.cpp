#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <vector>

#include "cbsim/training/loss.hpp"
#include "panel_kernels.hpp"

namespace cbsim {
namespace {

using namespace kernels;

template <class Real>
using Buffer = std::vector<Real, Eigen::aligned_allocator<Real>>;

/// The samples of one block of the history in panels: dim rows each, the last one padded by zeros.
/// Append-only.
template <class Real>
struct PackedSamples {
  Buffer<Real> x;  ///< panels * dim * kPanel
  Buffer<Real> r;  ///< panels * kPanel
  Index size = 0;

  Index panels() const { return (size + kPanel<Real> - 1) / kPanel<Real>; }

  void append(const ConstVectorRef& context, double reward) {
    const Index lane = size % kPanel<Real>;
    const Index dim = context.size();
    if (lane == 0) {
      x.resize(x.size() + static_cast<std::size_t>(dim * kPanel<Real>));
      r.resize(r.size() + static_cast<std::size_t>(kPanel<Real>));
    }
    Real* panel = x.data() + size / kPanel<Real> * dim * kPanel<Real>;
    for (Index i = 0; i < dim; ++i) panel[i * kPanel<Real> + lane] = static_cast<Real>(context(i));
    r[static_cast<std::size_t>(size)] = static_cast<Real>(reward);
    ++size;
  }
};

/// The work buffers of a block of panels are kept to about this size, so that a block's activations
/// stay in the second-level cache between the passes over it.
constexpr Index kWorkBytes = 128 * 1024;
/// Rows of X that one sweep of a product reads, so that they stay in the first-level cache.
constexpr Index kInner = 256;

/// Forward and backward over blocks of panels. A hidden layer's buffer holds X_l after the forward
/// pass and is overwritten by the residual-weighted delta_l on the way back, so that each layer
/// needs one.
template <class Real>
class FusedSquaredError final : public SquaredError {
 public:
  explicit FusedSquaredError(const Network& network)
      : network_(network), output_scale_(static_cast<Real>(network.shape().output_scale)) {
    const NetworkShape& shape = network.shape();
    const Index row_bytes = kPanel<Real> * static_cast<Index>(sizeof(Real));
    block_panels_ = std::clamp<Index>(kWorkBytes / (shape.width * row_bytes), 4, 64);
    hidden_.resize(static_cast<std::size_t>(shape.depth - 1));
    for (Buffer<Real>& layer : hidden_) {
      layer.resize(static_cast<std::size_t>(block_panels_ * shape.width * kPanel<Real>));
    }
    residual_.resize(static_cast<std::size_t>(block_panels_ * kPanel<Real>));
    samples_.resize(static_cast<std::size_t>(shape.blocks));
  }

  void append(const History& history) override {
    for (Index b = 0; b < history.blocks(); ++b) {
      PackedSamples<Real>& samples = samples_[static_cast<std::size_t>(b)];
      while (samples.size < history.size(b)) {
        samples.append(history.contexts(b).col(samples.size), history.rewards(b)(samples.size));
      }
    }
  }

  double evaluate(const Vector& theta, Vector& gradient) override {
    gradient.setZero(network_.parameters());
    theta_ = theta.data();
    gradient_ = gradient.data();
    double sum = 0.0;
    for (Index b = 0; b < network_.shape().blocks; ++b) {
      const PackedSamples<Real>& samples = samples_[static_cast<std::size_t>(b)];
      for (Index first = 0; first < samples.panels(); first += block_panels_) {
        panels_ = std::min(block_panels_, samples.panels() - first);
        x_ = samples.x.data() + first * network_.shape().dim * kPanel<Real>;
        block_ = b;
        forward();
        sum += take_residual(samples, first);
        backward();
      }
    }
    return 0.5 * sum;
  }

 private:
  const ParameterMatrix& weight(Index l) const {
    return network_.layout().matrices[network_.weight_index(l)];
  }
  const ParameterMatrix& bias(Index l) const {
    return network_.layout().matrices[network_.bias_index(l)];
  }
  /// W_l of this block (column-major) in theta; its place in the gradient.
  const Real* parameters(Index l) const {
    return theta_ + weight(l).offset + (l == 1 ? block_ * weight(1).block_size() : 0);
  }
  Real* gradient(Index l) const {
    return gradient_ + weight(l).offset + (l == 1 ? block_ * weight(1).block_size() : 0);
  }
  Real* hidden(Index l) { return hidden_[static_cast<std::size_t>(l - 1)].data(); }
  const Real* input(Index l) { return l == 1 ? x_ : hidden(l - 1); }  ///< X_{l-1}
  Index inputs(Index l) const { return weight(l).cols; }

  void forward() {
    std::fill_n(residual_.data(), panels_ * kPanel<Real>, Real{0});
    for (Index l = 1; l < network_.shape().depth; ++l) {
      const Index inner = inputs(l);
      for (Index k = 0; k < inner; k += kInner) {
        const Strided<Real> a{parameters(l) + k * weight(l).rows, 1, weight(l).rows};
        for (Index p = 0; p < panels_; ++p) {
          const Real* x = input(l) + (p * inner + k) * kPanel<Real>;
          forward_rows(l, p, a, std::min(kInner, inner - k), x, k == 0, k + kInner >= inner);
        }
      }
    }
  }

  /// Rows of H_l of panel p, by tiles; `last` also applies the ReLU and, in the last hidden layer,
  /// adds the rows' share of s W_L X_{L-1} to the residual.
  void forward_rows(Index l, Index p, const Strided<Real>& a, Index inner, const Real* x,
                    bool first, bool last) {
    for_each_tile(weight(l).rows, [&]<int Rows>(Index i) {
      forward_tile<Rows>(l, p, i, a, inner, x, first, last);
    });
  }

  template <int Rows>
  [[gnu::noinline]] void forward_tile(Index l, Index p, Index i, Strided<Real> a, Index inner,
                                      const Real* x, bool first, bool last) {
    const Index depth = network_.shape().depth;
    Real* out = hidden(l) + (p * weight(l).rows + i) * kPanel<Real>;
    Vec<Real> acc[Rows][kVectors];
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        if (!first) {
          acc[r][v] = load(out + r * kPanel<Real> + v * kLanes<Real>);
        } else {
          acc[r][v] =
              network_.shape().bias ? broadcast(theta_[bias(l).offset + i + r]) : Vec<Real>{};
        }
      }
    }
    a.data += i * a.row_stride;
    multiply_tile<Real, Rows>(a, inner, x, acc);
    if (last) {
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) acc[r][v] = where_positive<Real>(acc[r][v], acc[r][v]);
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        store(out + r * kPanel<Real> + v * kLanes<Real>, acc[r][v]);
      }
    }
    if (last && l == depth - 1) {
      const Real* w = parameters(depth) + i;
      Real* f = residual_.data() + p * kPanel<Real>;
      Vec<Real> f0 = load(f), f1 = load(f + kLanes<Real>);
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) {
        const Vec<Real> c = broadcast(output_scale_ * w[r]);
        f0 += c * acc[r][0];
        f1 += c * acc[r][1];
      }
      store(f, f0);
      store(f + kLanes<Real>, f1);
    }
  }

  /// residual = f - r, 0 on padding; returns its sum of squares.
  double take_residual(const PackedSamples<Real>& samples, Index first_panel) {
    const NetworkShape& shape = network_.shape();
    const Real shift = shape.bias ? output_scale_ * theta_[bias(shape.depth).offset] : Real{0};
    const Index start = first_panel * kPanel<Real>;
    const Index filled = std::min(panels_ * kPanel<Real>, samples.size - start);
    double sum = 0.0;
    for (Index i = 0; i < filled; ++i) {
      Real& e = residual_[static_cast<std::size_t>(i)];
      e += shift - samples.r[static_cast<std::size_t>(start + i)];
      sum += static_cast<double>(e) * static_cast<double>(e);
    }
    std::fill(residual_.begin() + filled, residual_.begin() + panels_ * kPanel<Real>, Real{0});
    return sum;
  }

  void backward() {
    const Index depth = network_.shape().depth;
    output_backward();
    for (Index l = depth - 1; l >= 1; --l) {
      if (network_.shape().bias) bias_gradient(l);
      weight_gradient(l);
      if (l > 1) propagate(l);
    }
  }

  /// The gradient of W_L (and b_L), and delta_{L-1} over X_{L-1}.
  void output_backward() {
    const NetworkShape& shape = network_.shape();
    const Index m = shape.width;
    const Real* w = parameters(shape.depth);
    for (Index i = 0; i < m; ++i) {
      const Vec<Real> factor = broadcast(output_scale_ * w[i]);
      Vec<Real> sum[kVectors] = {};
      Real* row = hidden(shape.depth - 1) + i * kPanel<Real>;
      const Real* e = residual_.data();
      for (Index p = 0; p < panels_; ++p) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) {
          const Vec<Real> x = load(row + v * kLanes<Real>), ev = load(e + v * kLanes<Real>);
          sum[v] += x * ev;
          store(row + v * kLanes<Real>, where_positive<Real>(x, factor * ev));
        }
        row += m * kPanel<Real>;
        e += kPanel<Real>;
      }
      gradient(shape.depth)[i] += output_scale_ * lane_sum(sum[0] + sum[1]);
    }
    if (shape.bias) {
      Real sum = 0;
      for (Index i = 0; i < panels_ * kPanel<Real>; ++i)
        sum += residual_[static_cast<std::size_t>(i)];
      gradient_[bias(shape.depth).offset] += output_scale_ * sum;
    }
  }

  static Real lane_sum(const Vec<Real>& v) { return lane_sums<Real>(v, v, v, v)[0]; }

  void bias_gradient(Index l) {
    const Index m = network_.shape().width;
    for (Index i = 0; i < m; ++i) {
      Vec<Real> sum{};
      for (Index p = 0; p < panels_; ++p) {
        const Real* row = hidden(l) + (p * m + i) * kPanel<Real>;
        for (int v = 0; v < kVectors; ++v) sum += load(row + v * kLanes<Real>);
      }
      gradient_[bias(l).offset + i] += lane_sum(sum);
    }
  }

  /// The gradient of W_l += delta_l X_{l-1}^T.
  void weight_gradient(Index l) {
    const Index columns = inputs(l);
    Index j = 0;
    for (; j + kTileColumns <= columns; j += kTileColumns) gradient_columns<kTileColumns>(l, j);
    if (columns - j == 1) gradient_columns<1>(l, j);
  }

  template <int Columns>
  void gradient_columns(Index l, Index j) {
    const Index rows = weight(l).rows, columns = inputs(l);
    const Real* x = input(l) + j * kPanel<Real>;
    const Index d_step = rows * kPanel<Real>, x_step = columns * kPanel<Real>;
    const auto tile = [&]<int Rows>(Index i) {
      outer_tile<Real, Rows, Columns>(hidden(l) + i * kPanel<Real>, d_step, x, x_step, panels_,
                                      gradient(l) + j * rows + i, rows);
    };
    for_each_tile(rows, tile);
  }

  /// delta_{l-1} = (W_l^T delta_l) * 1[X_{l-1} > 0], over X_{l-1}.
  void propagate(Index l) {
    const Index rows = inputs(l);
    const Strided<Real> a{parameters(l), weight(l).rows, 1};
    for (Index p = 0; p < panels_; ++p) {
      for_each_tile(rows, [&]<int Rows>(Index i) { propagate_tile<Rows>(l, p, i, a); });
    }
  }

  template <int Rows>
  [[gnu::noinline]] void propagate_tile(Index l, Index p, Index i, Strided<Real> a) {
    Vec<Real> acc[Rows][kVectors] = {};
    a.data += i * a.row_stride;
    multiply_tile<Real, Rows>(a, weight(l).rows, hidden(l) + p * weight(l).rows * kPanel<Real>,
                              acc);
    Real* out = hidden(l - 1) + (p * inputs(l) + i) * kPanel<Real>;
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        Real* place = out + r * kPanel<Real> + v * kLanes<Real>;
        store(place, where_positive<Real>(load(place), acc[r][v]));
      }
    }
  }

  const Network& network_;
  std::vector<PackedSamples<Real>> samples_;  ///< of each block
  std::vector<Buffer<Real>> hidden_;          ///< L-1 layers, block_panels_ panels of m rows
  Buffer<Real> residual_;                     ///< block_panels_ * kPanel
  Index block_panels_ = 0;
  Real output_scale_;

  // What is being worked on.
  const Real* theta_ = nullptr;
  Real* gradient_ = nullptr;
  const Real* x_ = nullptr;  ///< the first panel
  Index block_ = 0;
  Index panels_ = 0;
};

}  // namespace

std::unique_ptr<SquaredError> make_fused_squared_error(const Network& network) {
  return std::make_unique<FusedSquaredError<double>>(network);
}

}  // namespace cbsim
