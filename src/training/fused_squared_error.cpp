#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <vector>

#include "cbsim/training/loss.hpp"
#include "panel_kernels.hpp"

namespace cbsim {
namespace {

using namespace kernels;

/// Numbers from a panel to the next. A row of a panel is a cache line; an odd number of lines
/// between panels spreads a few rows of many panels over all sets of the cache, whatever the width.
template <class Real>
constexpr Index panel_stride(Index rows) {
  return (rows | 1) * kPanel<Real>;
}

template <class Real>
using Buffer = std::vector<Real, Eigen::aligned_allocator<Real>>;

/// The samples of one block of the history in panels: dim rows each, the last one padded by zeros.
/// Append-only.
template <class Real>
struct PackedSamples {
  Buffer<Real> x;  ///< panels * panel_stride(dim)
  Buffer<Real> r;  ///< panels * kPanel
  Index size = 0;

  Index panels() const { return (size + kPanel<Real> - 1) / kPanel<Real>; }

  void append(const ConstVectorRef& context, double reward) {
    const Index lane = size % kPanel<Real>;
    const Index dim = context.size();
    if (lane == 0) {
      x.resize(x.size() + static_cast<std::size_t>(panel_stride<Real>(dim)));
      r.resize(r.size() + static_cast<std::size_t>(kPanel<Real>));
    }
    Real* panel = x.data() + size / kPanel<Real> * panel_stride<Real>(dim);
    for (Index i = 0; i < dim; ++i) panel[i * kPanel<Real> + lane] = static_cast<Real>(context(i));
    r[static_cast<std::size_t>(size)] = static_cast<Real>(reward);
    ++size;
  }
};

/// The work buffers of a block of panels are kept to about this size, so that a block's activations
/// stay in the second-level cache between the passes over it.
constexpr Index kWorkBytes = 128 * 1024;
constexpr Index kMaxPanels = 40;
/// Columns of X that one sweep of an outer product reads, in bytes.
constexpr Index kChunkBytes = 128 * 1024;
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
    block_panels_ = std::clamp<Index>(kWorkBytes / (shape.width * row_bytes), 4, kMaxPanels);
    hidden_.resize(static_cast<std::size_t>(shape.depth - 1));
    for (Buffer<Real>& layer : hidden_) {
      layer.resize(static_cast<std::size_t>(block_panels_ * stride(2)));
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
        x_ = samples.x.data() + first * stride(1);
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
  Index stride(Index l) const { return panel_stride<Real>(inputs(l)); }  ///< of input(l)

  /// One sweep of a layer's product: `inner` rows of the input, starting at row `k`.
  struct Sweep {
    const Real* weights;  ///< column k of W_l
    const Real* bias;     ///< b_l, where the sweep is the first and there is one
    const Real* output;   ///< W_L, where the sweep is the last of the last hidden layer
    Index rows, inner;
    bool first, last;
  };

  void forward() {
    std::fill_n(residual_.data(), panels_ * kPanel<Real>, Real{0});
    for (Index l = 1; l < network_.shape().depth; ++l) {
      const Index inner = inputs(l), rows = weight(l).rows;
      for (Index k = 0; k < inner; k += kInner) {
        Sweep sweep{.weights = parameters(l) + k * rows,
                    .bias = nullptr,
                    .output = nullptr,
                    .rows = rows,
                    .inner = std::min(kInner, inner - k),
                    .first = k == 0,
                    .last = k + kInner >= inner};
        if (sweep.first && network_.shape().bias) sweep.bias = theta_ + bias(l).offset;
        if (sweep.last && l == network_.shape().depth - 1) sweep.output = parameters(l + 1);
        for (Index p = 0; p < panels_; ++p) {
          const Real* x = input(l) + p * stride(l) + k * kPanel<Real>;
          Real* out = hidden(l) + p * stride(l + 1);
          Real* f = residual_.data() + p * kPanel<Real>;
          for_each_tile(rows, [&]<int Rows>(Index i) {
            forward_tile<Rows>(sweep, i, x, out + i * kPanel<Real>, f);
          });
        }
      }
    }
  }

  /// Rows i.. of H_l of a panel; the last sweep applies the ReLU and, in the last hidden layer,
  /// adds the rows' share of s W_L X_{L-1} to f.
  template <int Rows>
  [[gnu::noinline]] void forward_tile(const Sweep& sweep, Index i, const Real* x, Real* out,
                                      Real* f) const {
    Vec<Real> acc[Rows][kVectors] = {};
    if (!sweep.first) {
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) {
        acc[r][0] = load(out + r * kPanel<Real>);
        acc[r][1] = load(out + r * kPanel<Real> + kLanes<Real>);
      }
    } else if (sweep.bias != nullptr) {
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) acc[r][0] = acc[r][1] = broadcast(sweep.bias[i + r]);
    }
    multiply_tile<Real, Rows>({sweep.weights + i, 1, sweep.rows}, sweep.inner, x, acc);
    if (sweep.last) {
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) {
        acc[r][0] = where_positive<Real>(acc[r][0], acc[r][0]);
        acc[r][1] = where_positive<Real>(acc[r][1], acc[r][1]);
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      store(out + r * kPanel<Real>, acc[r][0]);
      store(out + r * kPanel<Real> + kLanes<Real>, acc[r][1]);
    }
    if (sweep.output == nullptr) return;
    Vec<Real> f0 = load(f), f1 = load(f + kLanes<Real>);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const Vec<Real> c = broadcast(output_scale_ * sweep.output[i + r]);
      f0 += c * acc[r][0];
      f1 += c * acc[r][1];
    }
    store(f, f0);
    store(f + kLanes<Real>, f1);
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
        row += stride(shape.depth);
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
        const Real* row = hidden(l) + p * stride(l + 1) + i * kPanel<Real>;
        for (int v = 0; v < kVectors; ++v) sum += load(row + v * kLanes<Real>);
      }
      gradient_[bias(l).offset + i] += lane_sum(sum);
    }
  }

  /// The gradient of W_l += delta_l X_{l-1}^T. The rows of delta of a tile stay in the first-level
  /// cache while the columns go by, a chunk of them at a time, which stays in the second-level
  /// cache.
  void weight_gradient(Index l) {
    const Index columns = inputs(l);
    const Index bytes = panels_ * kPanel<Real> * static_cast<Index>(sizeof(Real));
    const Index chunk = std::max(kTileColumns, kChunkBytes / bytes / kTileColumns * kTileColumns);
    for (Index j = 0; j < columns; j += chunk) {
      const Index end = std::min(columns, j + chunk);
      for_each_tile(weight(l).rows, [&]<int Rows>(Index i) { gradient_rows<Rows>(l, i, j, end); });
    }
  }

  template <int Rows>
  void gradient_rows(Index l, Index i, Index j, Index end) {
    const Index rows = weight(l).rows;
    const Real* d = hidden(l) + i * kPanel<Real>;
    const Real* x = input(l);
    Real* g = gradient(l) + i;
    for (; j + kTileColumns <= end; j += kTileColumns) {
      outer_tile<Real, Rows, kTileColumns>(d, stride(l + 1), x + j * kPanel<Real>, stride(l),
                                           panels_, g + j * rows, rows);
    }
    if (j < end) {
      outer_tile<Real, Rows, 1>(d, stride(l + 1), x + j * kPanel<Real>, stride(l), panels_,
                                g + j * rows, rows);
    }
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
    multiply_tile<Real, Rows>(a, weight(l).rows, hidden(l) + p * stride(l + 1), acc);
    Real* out = hidden(l - 1) + p * stride(l) + i * kPanel<Real>;
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
