#include "fused_pass.hpp"

namespace cbsim {
namespace {

using namespace kernels;

/// The activations of a hidden layer over a chunk are kept to about this size, so that they stay in
/// the second-level cache between the passes over them.
constexpr Index kChunkBytes = 104 * 1024;
constexpr Index kMaxChunkPanels = 32;
/// Rows of X over a chunk that the tiles of an outer product read again and again: where there are
/// more, they are taken in shares that are copied together, to stay in the first-level cache.
constexpr Index kShareBytes = 16 * 1024;
constexpr Index kUnsharedBytes = 64 * 1024;
/// Gates are kept where the layer has at least this many times the rows of its input.
constexpr Index kRowsForGates = 4;

}  // namespace

template <class Real>
FusedPass<Real>::FusedPass(const Network& network)
    : network_(network),
      width_(network.shape().width),
      depth_(network.shape().depth),
      hidden_stride_(panel_stride<Real>(width_)),
      chunk_panels_(chunk_panels(width_)),
      bias_(network.shape().bias),
      output_scale_(static_cast<Real>(network.shape().output_scale)),
      hidden_(static_cast<std::size_t>(depth_ - 1)),
      residual_(static_cast<std::size_t>(chunk_panels_ * kPanel)),
      packed_first_(static_cast<std::size_t>(width_ * network.shape().dim)) {
  for (Buffer<Real>& layer : hidden_) {
    layer.resize(static_cast<std::size_t>(chunk_panels_ * hidden_stride_));
  }
  delta_.resize(static_cast<std::size_t>(width_ * chunk_panels_ * kPanel));
  share_.resize(static_cast<std::size_t>(share_rows(chunk_panels_) * chunk_panels_ * kPanel));
  if (keeps_gates(network.shape())) {
    weighted_.resize(static_cast<std::size_t>(network.shape().dim * chunk_panels_ * kPanel));
  }
}

template <class Real>
Index FusedPass<Real>::chunk_panels(Index width) {
  return std::clamp<Index>(kChunkBytes / (width * kPanel * static_cast<Index>(sizeof(Real))), 4,
                           kMaxChunkPanels);
}

template <class Real>
Index FusedPass<Real>::share_rows(Index chunk_panels) {
  const Index row = chunk_panels * kPanel * static_cast<Index>(sizeof(Real));
  return std::max<Index>(kOuterColumns, kShareBytes / row / kOuterColumns * kOuterColumns);
}

template <class Real>
bool FusedPass<Real>::keeps_gates(const NetworkShape& shape) {
  return shape.depth == 2 && !shape.bias && shape.width >= kRowsForGates * shape.dim;
}

template <class Real>
Index FusedPass<Real>::work_space(const NetworkShape& shape) {
  const Index panels = chunk_panels(shape.width);
  const Index rows =
      shape.depth * shape.width + share_rows(panels) + (keeps_gates(shape) ? shape.dim : 0);
  return panels * kPanel * rows + shape.width * shape.dim;
}

template <class Real>
PassSums FusedPass<Real>::run(const Evaluation<Real>& evaluation, const Segment<Real>& segment,
                              Real* upper_gradient) {
  evaluation_ = &evaluation;
  segment_ = &segment;
  upper_gradient_ = upper_gradient;
  sums_ = {};
  gates_ = keeps_gates(network_.shape()) && !segment.samples->dual && !shared(1);
  if (!segment.samples->dual) {
    pack_rows<Real>(segment.weights, 1, width_, width_, network_.shape().dim, packed_first_.data());
  }
  const Index end = segment.first + segment.panels;
  for (first_ = segment.first; first_ < end; first_ += chunk_panels_) {
    panels_ = std::min(chunk_panels_, end - first_);
    first_hidden_ =
        segment.samples->dual ? segment.gradient + first_ * hidden_stride_ : hidden_.front().data();
    dual_sum_ = Vec<Real>{};
    forward();
    sums_.dual += static_cast<double>(lane_sum<Real>(dual_sum_));
    take_residual();
    backward();
  }
  if (gates_) finish_gates();
  return sums_;
}

template <class Real>
void FusedPass<Real>::forward() {
  std::fill_n(residual_.data(), panels_ * kPanel, Real{0});
  const PackedBlock<Real>& samples = *segment_->samples;
  if (samples.dual) {
    forward_layer<true>(1, segment_->weights, samples.x.panels() * kPanel,
                        samples.gram.panel(first_), samples.gram.stride());
  } else {
    forward_layer<false>(1, packed_first_.data(), network_.shape().dim, input(1), input_stride(1));
  }
  for (Index l = 2; l < depth_; ++l) {
    forward_layer<false>(l, evaluation_->packed[static_cast<std::size_t>(l - 2)].data(), width_,
                         input(l), input_stride(l));
  }
}

template <class Real>
template <bool Dual>
void FusedPass<Real>::forward_layer(Index l, const Real* weights, Index inner, const Real* input,
                                    Index input_stride) {
  const Index step = sweep_size<Real>(inner);
  for (Index k = 0; k < inner; k += step) {
    Sweep sweep{.weights = weights,
                .row_size = inner,
                .from = k,
                .inner = std::min(step, inner - k),
                .hidden = hidden(l),
                .bias = nullptr,
                .output = nullptr,
                .first = k == 0,
                .last = k + step >= inner,
                .gates = gates_ && k + step >= inner};
    if (Dual) sweep.weights += k / kPanel * hidden_stride_;
    if (sweep.last && bias_) sweep.bias = evaluation_->upper + upper_bias(l);
    if (sweep.last && l == depth_ - 1) sweep.output = evaluation_->output.data();
    for (Index p = 0; p < panels_; ++p) {
      const Real* x = input + p * input_stride + k * kPanel;
      for_each_tile<kProductRows>(
          width_, [&]<int Rows>(Index i) { forward_tile<Dual, Rows>(sweep, p, i, x); });
    }
  }
}

/// Rows i.. of H_l of a panel; the last sweep completes H_l, applies the ReLU and, in the last
/// hidden layer, adds the rows' share of s W_L X_{L-1} to f.
template <class Real>
template <bool Dual, int Rows>
[[gnu::noinline]] void FusedPass<Real>::forward_tile(const Sweep& sweep, Index panel, Index i,
                                                     const Real* x) {
  Real* const out = sweep.hidden + panel * hidden_stride_ + i * kPanel;
  Vec<Real> acc[Rows][kVectors] = {};
  if (!sweep.first) {
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      acc[r][0] = load(out + r * kPanel);
      acc[r][1] = load(out + r * kPanel + kLanes);
    }
  }
  if constexpr (Dual) {
    multiply_panels<Real, Rows>(sweep.weights + i * kPanel, hidden_stride_, sweep.inner, x, acc);
  } else {
    multiply_tile<Real, Rows>(sweep.weights + i * sweep.row_size + sweep.from * Rows, 1, Rows,
                              sweep.inner, x, acc);
  }
  if (sweep.last) {
    if constexpr (Dual) {
      const Real* c = segment_->weights + (first_ + panel) * hidden_stride_ + i * kPanel;
      const Real* base = segment_->samples->base.panel(first_ + panel) + i * kPanel;
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) {
          dual_sum_ += acc[r][v] * load(c + r * kPanel + v * kLanes);
          acc[r][v] += load(base + r * kPanel + v * kLanes);
        }
      }
    }
    if (sweep.bias != nullptr) {
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) {
        const Vec<Real> b = broadcast(sweep.bias[i + r]);
        acc[r][0] += b;
        acc[r][1] += b;
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      acc[r][0] = relu<Real>(acc[r][0]);
      acc[r][1] = relu<Real>(acc[r][1]);
    }
  }
  if (sweep.output != nullptr) {
    Real* const f = residual_.data() + panel * kPanel;
    Vec<Real> f0 = load(f), f1 = load(f + kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const Vec<Real> c = broadcast(sweep.output[i + r]);
      f0 += c * acc[r][0];
      f1 += c * acc[r][1];
    }
    store(f, f0);
    store(f + kLanes, f1);
  }
  if (sweep.gates) {
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      store(out + r * kPanel, is_positive<Real>(acc[r][0]));
      store(out + r * kPanel + kLanes, is_positive<Real>(acc[r][1]));
    }
    return;
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    store(out + r * kPanel, acc[r][0]);
    store(out + r * kPanel + kLanes, acc[r][1]);
  }
}

/// residual = weight (f - r), 0 on padding; adds to its sum of squares, unweighted.
template <class Real>
void FusedPass<Real>::take_residual() {
  const Real shift = bias_ ? output_scale_ * evaluation_->upper[upper_bias(depth_)] : Real{0};
  const Index start = first_ * kPanel;
  const Index filled = std::min(panels_ * kPanel, segment_->samples->size() - start);
  const Real* r = segment_->samples->r.data() + start;
  using Array = Eigen::Array<Real, Eigen::Dynamic, 1>;
  Eigen::Map<Array> all(residual_.data(), panels_ * kPanel);
  auto e = all.head(filled);
  e += shift - Eigen::Map<const Array>(r, filled);
  sums_.squares += e.template cast<double>().square().sum();
  e *= evaluation_->residual_weight;
  all.tail(all.size() - filled).setZero();
}

/// The gradient of each layer, last to first.
template <class Real>
void FusedPass<Real>::backward() {
  const bool dual = segment_->samples->dual;
  if (gates_) weigh_input();
  for (Index l = depth_ - 1; l >= 1; --l) {
    const Real* x = gates_ ? weighted_.data() : input(l);
    const Index x_stride = gates_ ? weight(1).cols * kPanel : input_stride(l);
    for_each_tile<kOuterRows>(width_, [&]<int Rows>(Index i) {
      if (l == depth_ - 1 && !gates_) output_rows<Rows>(i);
      if (bias_) bias_rows<Rows>(l, i);
      if (dual && l == 1) {
        penalty_rows<Rows>(i);
      } else if (!shared(l)) {
        outer_rows<Rows>(l, i, x, x_stride);
      }
    });
    if (shared(l) && !(dual && l == 1)) outer_shares(l);
    if (l > 1) propagate(l);
  }
  if (bias_) {
    Real sum = 0;
    for (Index i = 0; i < panels_ * kPanel; ++i) sum += residual_[static_cast<std::size_t>(i)];
    upper_gradient_[upper_bias(depth_)] += output_scale_ * sum;
  }
}

/// X_0 * residual, the panels one behind another.
template <class Real>
void FusedPass<Real>::weigh_input() {
  const Index size = weight(1).cols * kPanel;
  for (Index p = 0; p < panels_; ++p) {
    const Real* x = input(1) + p * input_stride(1);
    const Real* e = residual_.data() + p * kPanel;
    const Vec<Real> e0 = load(e), e1 = load(e + kLanes);
    Real* out = weighted_.data() + p * size;
    for (Index k = 0; k < size; k += kPanel) {
      store(out + k, e0 * load(x + k));
      store(out + k + kLanes, e1 * load(x + k + kLanes));
    }
  }
}

/// Both gradients from G, which has been summed in the place of that of W_1.
template <class Real>
void FusedPass<Real>::finish_gates() {
  using Array = Eigen::Array<Real, Eigen::Dynamic, Eigen::Dynamic>;
  const Index columns = weight(1).cols;
  const Eigen::Map<const Array> w(segment_->weights, width_, columns);
  const Eigen::Map<const Array> output(evaluation_->output.data(), width_, 1);
  Eigen::Map<Array> g(segment_->gradient, width_, columns);
  Eigen::Map<Array> upper(upper_gradient_ + upper_weight(2), width_, 1);
  for (Index j = 0; j < columns; ++j) {
    upper += output_scale_ * w.col(j) * g.col(j);
    g.col(j) *= output;
  }
}

template <class Real>
bool FusedPass<Real>::shared(Index l) const {
  return weight(l).cols * chunk_panels_ * kPanel * static_cast<Index>(sizeof(Real)) >
         kUnsharedBytes;
}

/// Rows of the gradient of W_l, of all columns: the rows of delta stay in the first-level cache
/// while the rows of X go by.
template <class Real>
template <int Rows>
void FusedPass<Real>::outer_rows(Index l, Index i, const Real* x, Index x_stride) {
  Real* g = gradient(l);
  for_each_tile<kOuterColumns>(weight(l).cols, [&]<int Columns>(Index j) {
    outer_tile<Real, Rows, Columns>(hidden(l) + i * kPanel, hidden_stride_, x + j * kPanel,
                                    x_stride, panels_, g + j * width_ + i, width_);
  });
}

/// The gradient of W_l where X has many rows: a share of its rows at a time, which stays in the
/// first-level cache while the rows of delta go by. Both are copied together first.
template <class Real>
void FusedPass<Real>::outer_shares(Index l) {
  const Real* x = input(l);
  const Index x_stride = input_stride(l);
  Real* g = gradient(l);
  for_each_tile<kOuterRows>(width_, [&]<int Rows>(Index i) {
    for (Index p = 0; p < panels_; ++p) {
      std::copy_n(hidden(l) + p * hidden_stride_ + i * kPanel, Rows * kPanel,
                  delta_.data() + (i * panels_ + p * Rows) * kPanel);
    }
  });
  const Index columns = weight(l).cols, most = share_rows(chunk_panels_);
  for (Index first = 0; first < columns; first += most) {
    const Index count = std::min(most, columns - first);
    for (Index p = 0; p < panels_; ++p) {
      std::copy_n(x + p * x_stride + first * kPanel, count * kPanel,
                  share_.data() + p * count * kPanel);
    }
    for_each_tile<kOuterRows>(width_, [&]<int Rows>(Index i) {
      for_each_tile<kOuterColumns>(count, [&]<int Columns>(Index j) {
        outer_tile<Real, Rows, Columns>(delta_.data() + i * panels_ * kPanel, Rows * kPanel,
                                        share_.data() + j * kPanel, count * kPanel, panels_,
                                        g + (first + j) * width_ + i, width_);
      });
    });
  }
}

/// Rows of delta_{L-1} over X_{L-1}, and the gradient of W_L.
template <class Real>
template <int Rows>
[[gnu::noinline]] void FusedPass<Real>::output_rows(Index i) {
  Vec<Real> factor[Rows], sum[Rows] = {};
  for (int r = 0; r < Rows; ++r)
    factor[r] = broadcast(evaluation_->output[static_cast<std::size_t>(i + r)]);
  Real* row = hidden(depth_ - 1) + i * kPanel;
  const Real* e = residual_.data();
  for (Index p = 0; p < panels_; ++p) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const Vec<Real> ev = load(e + v * kLanes);
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) {
        Real* place = row + r * kPanel + v * kLanes;
        const Vec<Real> x = load(place);
        sum[r] += x * ev;
        store(place, where_positive<Real>(x, factor[r] * ev));
      }
    }
    row += hidden_stride_;
    e += kPanel;
  }
  Real* g = upper_gradient_ + upper_weight(depth_) + i;
  for (int r = 0; r < Rows; ++r) g[r] += output_scale_ * lane_sum<Real>(sum[r]);
}

template <class Real>
template <int Rows>
void FusedPass<Real>::bias_rows(Index l, Index i) {
  for (int r = 0; r < Rows; ++r) {
    Vec<Real> sum{};
    for (Index p = 0; p < panels_; ++p) {
      const Real* row = hidden(l) + p * hidden_stride_ + (i + r) * kPanel;
      for (int v = 0; v < kVectors; ++v) sum += load(row + v * kLanes);
    }
    upper_gradient_[upper_bias(l) + i + r] += lane_sum<Real>(sum);
  }
}

/// D += c C, which is the gradient of C in the metric of its steps.
template <class Real>
template <int Rows>
void FusedPass<Real>::penalty_rows(Index i) {
  if (evaluation_->penalty == Real{0}) return;
  const Vec<Real> factor = broadcast(evaluation_->penalty);
  for (Index p = 0; p < panels_; ++p) {
    const Index place = (first_ + p) * hidden_stride_ + i * kPanel;
#pragma GCC unroll 8
    for (Index k = 0; k < Rows * kPanel; k += kLanes) {
      Real* d = segment_->gradient + place + k;
      store(d, load(d) + factor * load(segment_->weights + place + k));
    }
  }
}

/// delta_{l-1} = (W_l^T delta_l) * 1[X_{l-1} > 0], over X_{l-1}.
template <class Real>
void FusedPass<Real>::propagate(Index l) {
  for (Index p = 0; p < panels_; ++p) {
    for_each_tile<kProductRows>(width_, [&]<int Rows>(Index i) { propagate_tile<Rows>(l, p, i); });
  }
}

template <class Real>
template <int Rows>
[[gnu::noinline]] void FusedPass<Real>::propagate_tile(Index l, Index p, Index i) {
  Vec<Real> acc[Rows][kVectors] = {};
  const Real* a =
      evaluation_->packed_transposed[static_cast<std::size_t>(l - 2)].data() + i * width_;
  multiply_tile<Real, Rows>(a, 1, Rows, width_, hidden(l) + p * hidden_stride_, acc);
  Real* out = hidden(l - 1) + p * hidden_stride_ + i * kPanel;
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      Real* place = out + r * kPanel + v * kLanes;
      store(place, where_positive<Real>(load(place), acc[r][v]));
    }
  }
}

template <class Real>
double FusedPass<Real>::dual_norm_squared(const PackedBlock<Real>& block, const Real* c) {
  double sum = 0.0;
  const Index panels = block.x.panels();
  for (Index p = 0; p < panels; ++p) {
    Vec<Real> panel_sum{};
    for_each_tile<kProductRows>(width_, [&]<int Rows>(Index i) {
      Vec<Real> acc[Rows][kVectors] = {};
      multiply_panels<Real, Rows>(c + i * kPanel, hidden_stride_, panels * kPanel,
                                  block.gram.panel(p), acc);
      const Real* own = c + p * hidden_stride_ + i * kPanel;
      for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < kVectors; ++v) {
          panel_sum += acc[r][v] * load(own + r * kPanel + v * kLanes);
        }
      }
    });
    sum += static_cast<double>(lane_sum<Real>(panel_sum));
  }
  return std::max(sum, 0.0);  // rounding
}

template class FusedPass<float>;
template class FusedPass<double>;

}  // namespace cbsim
