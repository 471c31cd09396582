#include "start_curvature.hpp"

#include <algorithm>
#include <cmath>

namespace cbsim {
namespace {

using namespace kernels;

constexpr int kMaxIterations = 200;
constexpr double kTolerance = 1e-3;
/// Panels that are weighted by u at a time.
constexpr Index kChunkPanels = 16;

std::size_t index(Index i) { return static_cast<std::size_t>(i); }

/// out = u * panels, for each of `rows` rows.
template <class Real>
void weight_panels(const Real* panels, Index stride, Index rows, Index count, const Real* u,
                   Real* out) {
  for (Index p = 0; p < count; ++p) {
    const Vec<Real> u0 = load(u), u1 = load(u + kLanes<Real>);
    for (Index i = 0; i < rows * kPanel<Real>; i += kPanel<Real>) {
      store(out + i, u0 * load(panels + i));
      store(out + i + kLanes<Real>, u1 * load(panels + i + kLanes<Real>));
    }
    panels += stride;
    out += stride;
    u += kPanel<Real>;
  }
}

/// out(i) += the sum over the samples of u * row i.
template <class Real>
void add_row_sums(const Real* panels, Index stride, Index rows, Index count, const Real* u,
                  Real* out) {
  for (Index i = 0; i < rows; ++i) {
    Vec<Real> sum{};
    for (Index p = 0; p < count; ++p) {
      for (Index k = 0; k < kPanel<Real>; k += kLanes<Real>) {
        sum += load(u + p * kPanel<Real> + k) * load(panels + p * stride + i * kPanel<Real> + k);
      }
    }
    out[i] += lane_sum<Real>(sum);
  }
}

/// out += the sum over rows of v(i) * row i, of `count` panels.
template <class Real>
void add_weighted_rows(const Real* panels, Index stride, Index rows, Index count, const Real* v,
                       Real* out) {
  for (Index p = 0; p < count; ++p) {
    Vec<Real> sum0 = load(out), sum1 = load(out + kLanes<Real>);
    for (Index i = 0; i < rows; ++i) {
      const Vec<Real> c = broadcast(v[i]);
      sum0 += c * load(panels + i * kPanel<Real>);
      sum1 += c * load(panels + i * kPanel<Real> + kLanes<Real>);
    }
    store(out, sum0);
    store(out + kLanes<Real>, sum1);
    panels += stride;
    out += kPanel<Real>;
  }
}

/// out += the sum over `Rows` rows of delta * (A X), of one panel.
template <class Real, bool Dual, int Rows>
[[gnu::noinline]] void add_tile_products(const Real* a, Index a_stride, Index inner, const Real* x,
                                         const Real* delta, Real* out) {
  Vec<Real> acc[Rows][kVectors] = {};
  if constexpr (Dual) {
    multiply_panels<Real, Rows>(a, a_stride, inner, x, acc);
  } else {
    multiply_tile<Real, Rows>(a, 1, Rows, inner, x, acc);
  }
  Vec<Real> sum0 = load(out), sum1 = load(out + kLanes<Real>);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    sum0 += acc[r][0] * load(delta + r * kPanel<Real>);
    sum1 += acc[r][1] * load(delta + r * kPanel<Real> + kLanes<Real>);
  }
  store(out, sum0);
  store(out + kLanes<Real>, sum1);
}

/// Of the weights of one layer, packed for its product.
Index packed_size(const NetworkShape& shape) {
  return shape.width * (shape.depth > 2 ? std::max(shape.width, shape.dim) : shape.dim);
}

}  // namespace

template <class Real>
StartJacobian<Real>::StartJacobian(const Network& network, const Vector& initial)
    : network_(network),
      initial_(initial),
      width_(network.shape().width),
      depth_(network.shape().depth),
      output_scale_(static_cast<Real>(network.shape().output_scale)),
      blocks_(index(network.shape().blocks)),
      weights_(index(depth_)),
      biases_(index(depth_ - 1)) {
  for (Block& block : blocks_) {
    block.delta.assign(index(depth_ - 1), Panels(width_));
    block.hidden = block.delta;
  }
  for (Index l = 2; l <= depth_; ++l) {
    weights_[index(l - 1)].resize(index(l < depth_ ? width_ * width_ : width_));
  }
  for (auto& bias : biases_) bias.resize(index(width_));
  weighted_.resize(index(kChunkPanels * panel_stride<Real>(width_)));
  packed_rows_.resize(index(packed_size(network.shape())));
}

template <class Real>
Index StartJacobian<Real>::work_space(const NetworkShape& shape) {
  const Index m = shape.width;
  return (shape.depth - 2) * m * m + kChunkPanels * panel_stride<Real>(m) + packed_size(shape);
}

template <class Real>
void StartJacobian<Real>::append(const History& history) {
  for (Index b = 0; b < history.blocks(); ++b) {
    Block& block = blocks_[index(b)];
    for (Index i = block.delta.front().samples(); i < history.size(b); ++i) {
      const ContextView context(b, history.contexts(b).col(i).data(), history.dim());
      network_.evaluate(initial_, {&context, 1}, f_, &factors_);
      for (Index l = 1; l < depth_; ++l) {
        block.delta[index(l - 1)].append(factors_.left[network_.weight_index(l)].col(0));
        block.hidden[index(l - 1)].append(factors_.right[network_.weight_index(l + 1)].col(0));
      }
      inner_products(network_.layout(), factors_, factors_, norm_);
      largest_squared_norm_ = std::max(largest_squared_norm_, norm_(0, 0));
    }
  }
  size_ = history.size();
}

template <class Real>
double StartJacobian<Real>::largest_eigenvalue(const std::vector<PackedBlock<Real>>& packed) {
  const Real start = static_cast<Real>(1.0 / std::sqrt(static_cast<double>(size_)));
  for (Block& block : blocks_) {
    const Panels& delta = block.delta.front();
    block.u.assign(index(delta.panels() * kPanel), Real{0});
    std::fill_n(block.u.begin(), delta.samples(), start);
    block.product.resize(block.u.size());
  }
  double eigenvalue = 0.0;
  for (int i = 0; i < kMaxIterations; ++i) {
    multiply_transposed(packed);
    multiply(packed);
    const double rayleigh = iterate();
    const bool converged = rayleigh - eigenvalue <= kTolerance * rayleigh;
    eigenvalue = rayleigh;
    if (converged) break;
  }
  return eigenvalue;
}

template <class Real>
void StartJacobian<Real>::multiply_transposed(const std::vector<PackedBlock<Real>>& packed) {
  for (auto& weight : weights_) std::fill(weight.begin(), weight.end(), Real{0});
  for (auto& bias : biases_) std::fill(bias.begin(), bias.end(), Real{0});
  output_bias_ = 0;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    Block& block = blocks_[b];
    const Index panels = block.delta.front().panels(), stride = block.delta.front().stride();
    const bool dual = packed[b].dual;
    block.first.assign(index(dual ? panels * stride : width_ * network_.shape().dim), Real{0});
    for (Index p = 0; p < panels; p += kChunkPanels) {
      const Index count = std::min(kChunkPanels, panels - p);
      const Real* u = block.u.data() + p * kPanel;
      for (Index l = 1; l < depth_; ++l) {
        const Real* delta = block.delta[index(l - 1)].panel(p);
        Real* weighted = l == 1 && dual ? block.first.data() + p * stride : weighted_.data();
        weight_panels(delta, stride, width_, count, u, weighted);
        if (l > 1 || !dual) {
          const Panels& x = l == 1 ? packed[b].x : block.hidden[index(l - 2)];
          outer_product<Real>(weighted, stride, width_, x.panel(p), x.stride(), x.rows(), count,
                              l == 1 ? block.first.data() : weights_[index(l - 1)].data());
        }
        if (network_.shape().bias) {
          add_row_sums(delta, stride, width_, count, u, biases_[index(l - 1)].data());
        }
      }
      add_row_sums(block.hidden.back().panel(p), stride, width_, count, u,
                   weights_[index(depth_ - 1)].data());
      for (Index i = 0; i < count * kPanel; ++i) output_bias_ += u[i];
    }
  }
  const Real square = output_scale_ * output_scale_;  // of delta_L, in both products
  for (Real& w : weights_.back()) w *= square;
  output_bias_ *= network_.shape().bias ? square : Real{0};
}

template <class Real>
void StartJacobian<Real>::multiply(const std::vector<PackedBlock<Real>>& packed) {
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    Block& block = blocks_[b];
    const Index panels = block.delta.front().panels(), stride = block.delta.front().stride();
    std::fill(block.product.begin(), block.product.end(), output_bias_);
    if (panels == 0) continue;
    const bool dual = packed[b].dual;
    add_products(block, 1, dual ? packed[b].gram : packed[b].x,
                 dual ? panels * kPanel : network_.shape().dim, block.first.data(), dual);
    for (Index l = 2; l < depth_; ++l) {
      add_products(block, l, block.hidden[index(l - 2)], width_, weights_[index(l - 1)].data(),
                   false);
    }
    for (Index l = 1; network_.shape().bias && l < depth_; ++l) {
      add_weighted_rows(block.delta[index(l - 1)].panel(0), stride, width_, panels,
                        biases_[index(l - 1)].data(), block.product.data());
    }
    add_weighted_rows(block.hidden.back().panel(0), stride, width_, panels, weights_.back().data(),
                      block.product.data());
    std::fill(block.product.begin() + block.delta.front().samples(), block.product.end(), Real{0});
  }
}

template <class Real>
void StartJacobian<Real>::add_products(Block& block, Index l, const Panels& x, Index inner,
                                       const Real* v, bool dual) {
  const Panels& delta = block.delta[index(l - 1)];
  const Index step = sweep_size<Real>(inner);
  if (!dual) pack_rows<Real>(v, 1, width_, width_, inner, packed_rows_.data());
  for (Index k = 0; k < inner; k += step) {
    const Index rows = std::min(step, inner - k);
    for (Index p = 0; p < delta.panels(); ++p) {
      for_each_tile<kProductRows>(width_, [&]<int Rows>(Index i) {
        const Real* from = x.panel(p) + k * kPanel;
        const Real* left = delta.panel(p) + i * kPanel;
        Real* out = block.product.data() + p * kPanel;
        if (dual) {
          add_tile_products<Real, true, Rows>(v + k / kPanel * delta.stride() + i * kPanel,
                                              delta.stride(), rows, from, left, out);
        } else {
          add_tile_products<Real, false, Rows>(packed_rows_.data() + i * inner + k * Rows, 0, rows,
                                               from, left, out);
        }
      });
    }
  }
}

template <class Real>
double StartJacobian<Real>::iterate() {
  double rayleigh = 0.0, squares = 0.0;
  for (const Block& block : blocks_) {
    for (std::size_t i = 0; i < block.u.size(); ++i) {
      const auto product = static_cast<double>(block.product[i]);
      rayleigh += static_cast<double>(block.u[i]) * product;
      squares += product * product;
    }
  }
  const double norm = std::sqrt(squares);
  for (Block& block : blocks_) {
    for (std::size_t i = 0; i < block.u.size(); ++i) {
      block.u[i] =
          norm > 0.0 ? static_cast<Real>(static_cast<double>(block.product[i]) / norm) : Real{0};
    }
  }
  return rayleigh;
}

template class StartJacobian<float>;
template class StartJacobian<double>;

}  // namespace cbsim
