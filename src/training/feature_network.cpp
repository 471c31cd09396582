#include "cbsim/training/feature_network.hpp"

#include <cmath>
#include <utility>

#include "cbsim/core/rng.hpp"

namespace cbsim {
namespace {

constexpr int kPowerIterations = 20;

/// Forward and backward over the whole history, samples ordered by block.
class FeatureObjective final : public Objective<double> {
 public:
  FeatureObjective(const FeatureNetwork& network, const Vector& initial,
                   const std::vector<Matrix>& heads)
      : network_(network),
        initial_(initial),
        heads_(heads),
        activations_(static_cast<std::size_t>(network.shape().depth)) {}

  void append(const History& history) override { history_ = &history; }
  void begin(const Vector& theta, Vector& w) override { w = theta; }
  void end(const Vector& w, Vector& theta) const override { theta = w; }
  double gradient_norm(const Vector& direction) override { return direction.norm(); }

  LossValue evaluate(const Vector& w, Vector& gradient, std::span<const Index> /*batch*/) override {
    forward(w);
    residual_.resize(history_->size());
    Index first = 0;
    for (Index b = 0; b < history_->blocks(); ++b) {
      const Index n = history_->size(b);
      residual_.segment(first, n) =
          scale() * heads(b).cwiseProduct(last().middleCols(first, n)).colwise().sum().transpose() -
          history_->rewards(b);
      first += n;
    }
    backward(w, residual_, gradient);
    const double squares = residual_.squaredNorm();
    return {.total = 0.5 * squares,
            .mean_squared_error = squares / static_cast<double>(history_->size())};
  }

  /// By power iteration on J^T J from a fixed start.
  double largest_start_eigenvalue() override {
    Vector v = Vector::Ones(network_.parameters()), product;
    double eigenvalue = 0.0;
    forward(initial_);
    for (int i = 0; i < kPowerIterations && v.norm() > 0.0; ++i) {
      v.normalize();
      tangent(v, product);
      backward(initial_, product, v);
      eigenvalue = v.norm();
    }
    return eigenvalue;
  }

  double largest_start_squared_norm() override {
    return largest_start_eigenvalue();  // an upper bound of any row's
  }

 private:
  double scale() const { return std::sqrt(static_cast<double>(network_.shape().width)); }
  /// theta_i of the observations of a block, k x n.
  Eigen::Map<const Matrix> heads(Index b) const {
    return {heads_[static_cast<std::size_t>(b)].data(), network_.shape().features,
            history_->size(b)};
  }
  Matrix& activation(Index l) { return activations_[static_cast<std::size_t>(l - 1)]; }  ///< X_l
  const Matrix& last() { return activation(network_.shape().depth); }

  /// W_1 x of all samples, into `out`, m x t.
  void first_layer(const Vector& w, Matrix& out) {
    const auto weights = network_.weight(w, 1);
    out.resize(network_.shape().width, history_->size());
    Index first = 0;
    for (Index b = 0; b < history_->blocks(); ++b) {
      const Index n = history_->size(b), d = history_->dim();
      out.middleCols(first, n).noalias() = weights.middleCols(b * d, d) * history_->contexts(b);
      first += n;
    }
  }

  void forward(const Vector& w) {
    first_layer(w, activation(1));
    for (Index l = 1; l <= network_.shape().depth; ++l) {
      if (l > 1) activation(l).noalias() = network_.weight(w, l) * activation(l - 1);
      activation(l) = activation(l).cwiseMax(0.0);
    }
  }

  /// J v for the activations of the last forward pass, which must be that of initial_.
  void tangent(const Vector& v, Vector& out) {
    Matrix moved, next;
    first_layer(v, moved);
    for (Index l = 1; l <= network_.shape().depth; ++l) {
      if (l > 1) {
        next.noalias() = network_.weight(v, l) * activation(l - 1);
        next.noalias() += network_.weight(initial_, l) * moved;
        std::swap(moved, next);
      }
      moved = (activation(l).array() > 0.0).select(moved, 0.0);
    }
    out.resize(history_->size());
    Index first = 0;
    for (Index b = 0; b < history_->blocks(); ++b) {
      const Index n = history_->size(b);
      out.segment(first, n) =
          scale() * heads(b).cwiseProduct(moved.middleCols(first, n)).colwise().sum().transpose();
      first += n;
    }
  }

  /// J^T e at w, for the activations of the last forward pass.
  void backward(const Vector& w, const Vector& e, Vector& gradient) {
    const Index depth = network_.shape().depth;
    gradient.resize(network_.parameters());
    delta_.resize(network_.shape().features, history_->size());
    Index first = 0;
    for (Index b = 0; b < history_->blocks(); ++b) {
      const Index n = history_->size(b);
      delta_.middleCols(first, n) = scale() * heads(b) * e.segment(first, n).asDiagonal();
      first += n;
    }
    for (Index l = depth; l >= 1; --l) {
      delta_ = (activation(l).array() > 0.0).select(delta_, 0.0);
      if (l > 1) {
        network_.weight(gradient, l).noalias() = delta_ * activation(l - 1).transpose();
        below_.noalias() = network_.weight(w, l).transpose() * delta_;
        std::swap(delta_, below_);
        continue;
      }
      first = 0;
      for (Index b = 0; b < history_->blocks(); ++b) {
        const Index n = history_->size(b), d = history_->dim();
        network_.weight(gradient, 1).middleCols(b * d, d).noalias() =
            delta_.middleCols(first, n) * history_->contexts(b).transpose();
        first += n;
      }
    }
  }

  const FeatureNetwork& network_;
  const Vector& initial_;
  const std::vector<Matrix>& heads_;
  const History* history_ = nullptr;
  std::vector<Matrix> activations_;
  Matrix delta_, below_;
  Vector residual_;
};

}  // namespace

FeatureNetwork::FeatureNetwork(const FeatureNetworkShape& shape) : shape_(shape), offsets_{0} {
  for (Index l = 1; l <= shape.depth; ++l) {
    const Index rows = l == shape.depth ? shape.features : shape.width;
    const Index cols = l == 1 ? shape.dim * shape.blocks : shape.width;
    offsets_.push_back(offsets_.back() + rows * cols);
  }
}

Eigen::Map<const Matrix> FeatureNetwork::weight(const Vector& w, Index l) const {
  const Index rows = l == shape_.depth ? shape_.features : shape_.width;
  const Index first = offsets_[static_cast<std::size_t>(l - 1)];
  return {w.data() + first, rows, (offsets_[static_cast<std::size_t>(l)] - first) / rows};
}

Eigen::Map<Matrix> FeatureNetwork::weight(Vector& w, Index l) const {
  const auto map = weight(std::as_const(w), l);
  return {const_cast<double*>(map.data()), map.rows(), map.cols()};
}

Vector FeatureNetwork::draw(Seed seed) const {
  Stream stream(seed, Purpose::initial_weights);
  Vector w(parameters());
  fill_normal(stream, w);
  const double m = static_cast<double>(shape_.width);
  w *= std::sqrt(2.0 / m);
  weight(w, shape_.depth) *= std::sqrt(0.5);
  return w;
}

void FeatureNetwork::evaluate(const Vector& w, std::span<const ContextView> contexts,
                              Matrix& phi) const {
  const auto first = weight(w, 1);
  Matrix x(shape_.width, static_cast<Index>(contexts.size()));
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    const ContextView& context = contexts[i];
    x.col(static_cast<Index>(i)).noalias() =
        first.middleCols(context.block * shape_.dim, shape_.dim) * context.x;
  }
  x = x.cwiseMax(0.0);
  for (Index l = 2; l <= shape_.depth; ++l) {
    phi.noalias() = weight(w, l) * x;
    x = phi.cwiseMax(0.0);
  }
  phi = std::sqrt(static_cast<double>(shape_.width)) * x;
}

std::unique_ptr<Objective<double>> make_feature_objective(const FeatureNetwork& network,
                                                          const Vector& initial,
                                                          const std::vector<Matrix>& heads) {
  return std::make_unique<FeatureObjective>(network, initial, heads);
}

}  // namespace cbsim
