#include <vector>

#include "cbsim/training/loss.hpp"

namespace cbsim {
namespace {

/// Forward and backward over the whole history by Eigen products, samples ordered by block.
class PlainSquaredError final : public SquaredError {
 public:
  explicit PlainSquaredError(const Network& network)
      : network_(network), activations_(static_cast<std::size_t>(network.shape().depth)) {}

  void append(const History& history) override { history_ = &history; }

  double evaluate(const Vector& theta, Vector& gradient) override {
    forward(theta);
    backward(theta, gradient);
    return 0.5 * residual_.squaredNorm();
  }

 private:
  Matrix& activation(Index l) { return activations_[static_cast<std::size_t>(l)]; }

  /// Calls visit(block, first column, columns) for each block that has samples.
  template <class Visit>
  void for_each_block(Visit&& visit) const {
    Index first = 0;
    for (Index b = 0; b < history_->blocks(); ++b) {
      if (const Index n = history_->size(b); n > 0) {
        visit(b, first, n);
        first += n;
      }
    }
  }

  void forward(const Vector& theta) {
    const NetworkShape& shape = network_.shape();
    const Index t = history_->size();
    const Index depth = shape.depth;
    for (Index l = 1; l < depth; ++l) activation(l).resize(shape.width, t);
    residual_.resize(t);
    for_each_block([&](Index b, Index first, Index n) {
      activation(1).middleCols(first, n).noalias() =
          network_.weight(theta, 1).middleCols(b * shape.dim, shape.dim) * history_->contexts(b);
      residual_.segment(first, n) = -history_->rewards(b);
    });
    for (Index l = 1; l < depth; ++l) {
      if (l > 1) activation(l).noalias() = network_.weight(theta, l) * activation(l - 1);
      if (shape.bias) activation(l).colwise() += network_.bias(theta, l);
      activation(l) = activation(l).cwiseMax(0.0);
    }
    residual_.noalias() += shape.output_scale * (activation(depth - 1).transpose() *
                                                 network_.weight(theta, depth).transpose());
    if (shape.bias) residual_.array() += shape.output_scale * network_.bias(theta, depth)(0);
  }

  void backward(const Vector& theta, Vector& gradient) {
    const NetworkShape& shape = network_.shape();
    const Index depth = shape.depth;
    gradient.setZero(network_.parameters());
    delta_ = shape.output_scale * residual_.transpose();  // residual-weighted delta_L, 1 x t
    for (Index l = depth; l >= 1; --l) {
      if (l < depth) {
        propagated_.noalias() = network_.weight(theta, l + 1).transpose() * delta_;
        delta_ = propagated_.array() * (activation(l).array() > 0.0).cast<double>();
      }
      if (shape.bias) network_.bias(gradient, l) = delta_.rowwise().sum();
      if (l > 1) {
        network_.weight(gradient, l).noalias() = delta_ * activation(l - 1).transpose();
      } else {
        for_each_block([&](Index b, Index first, Index n) {
          network_.weight(gradient, 1).middleCols(b * shape.dim, shape.dim).noalias() =
              delta_.middleCols(first, n) * history_->contexts(b).transpose();
        });
      }
    }
  }

  const Network& network_;
  const History* history_ = nullptr;
  std::vector<Matrix> activations_;  ///< X_l, m x t
  Vector residual_;                  ///< f - r, t
  Matrix delta_, propagated_;        ///< m x t
};

}  // namespace

std::unique_ptr<SquaredError> make_plain_squared_error(const Network& network) {
  return std::make_unique<PlainSquaredError>(network);
}

}  // namespace cbsim
