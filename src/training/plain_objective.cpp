#include <Eigen/Eigenvalues>
#include <vector>

#include "cbsim/training/objective.hpp"

namespace cbsim {
namespace {

/// Forward and backward over the whole history by Eigen products, samples ordered by block.
class PlainObjective final : public Objective<double> {
 public:
  PlainObjective(const Network& network, const Vector& initial, const ObjectiveSettings& settings)
      : network_(network),
        settings_(settings),
        initial_(initial),
        center_(initial),
        activations_(static_cast<std::size_t>(network.shape().depth)) {
    if (settings.center == PenaltyCenter::zero) center_.setZero();
    if (settings.center == PenaltyCenter::none) settings_.penalty = 0.0;
  }

  void append(const History& history) override { history_ = &history; }
  void begin(const Vector& theta, Vector& w) override { w = theta; }
  void end(const Vector& w, Vector& theta) const override { theta = w; }
  double gradient_norm(const Vector& direction) override { return direction.norm(); }

  /// By an eigenvalue solver on the explicit J J^T.
  double largest_start_eigenvalue() override {
    const Matrix jacobian = start_jacobian();
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(jacobian * jacobian.transpose(),
                                                       Eigen::EigenvaluesOnly);
    return solver.eigenvalues().maxCoeff();
  }
  double largest_start_squared_norm() override {
    return start_jacobian().rowwise().squaredNorm().maxCoeff();
  }

  Matrix start_jacobian() const {
    Matrix jacobian(history_->size(), network_.parameters());
    Index row = 0;
    for (Index b = 0; b < history_->blocks(); ++b) {
      for (Index i = 0; i < history_->size(b); ++i) {
        const ContextView context(b, history_->contexts(b).col(i).data(), history_->dim());
        Vector f, gradient(network_.parameters());
        GradientFactors factors;
        network_.evaluate(initial_, {&context, 1}, f, &factors);
        write_gradient(network_.layout(), factors, 0, gradient);
        jacobian.row(row++) = gradient.transpose();
      }
    }
    return jacobian;
  }

  LossValue evaluate(const Vector& theta, Vector& gradient, std::span<const Index> batch) override {
    const History* const whole = history_;
    const History part = batch.empty() ? History(0, 0) : select(batch);
    if (!batch.empty()) history_ = &part;
    forward(theta);
    const double mean = residual_.squaredNorm() / static_cast<double>(history_->size());
    residual_ *= static_cast<double>(whole->size()) / static_cast<double>(history_->size());
    backward(theta, gradient);
    history_ = whole;
    gradient += settings_.penalty * (theta - center_);
    double total = 0.5 * mean * static_cast<double>(whole->size()) +
                   0.5 * settings_.penalty * (theta - center_).squaredNorm();
    if (settings_.mean) {
      total /= static_cast<double>(whole->size());
      gradient /= static_cast<double>(whole->size());
    }
    return {.total = total, .mean_squared_error = mean};
  }

 private:
  Matrix& activation(Index l) { return activations_[static_cast<std::size_t>(l)]; }

  /// Some of the observations; indices count through the blocks.
  History select(std::span<const Index> batch) const {
    History part(history_->dim(), history_->blocks());
    for (Index i : batch) {
      Index b = 0;
      while (i >= history_->size(b)) i -= history_->size(b++);
      part.add(ContextView(b, history_->contexts(b).col(i).data(), history_->dim()),
               history_->rewards(b)(i));
    }
    return part;
  }

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
  ObjectiveSettings settings_;
  const Vector& initial_;
  Vector center_;
  const History* history_ = nullptr;
  std::vector<Matrix> activations_;  ///< X_l, m x t
  Vector residual_;                  ///< f - r, t
  Matrix delta_, propagated_;        ///< m x t
};

}  // namespace

std::unique_ptr<Objective<double>> make_plain_objective(const Network& network,
                                                        const Vector& initial,
                                                        const ObjectiveSettings& settings) {
  return std::make_unique<PlainObjective>(network, initial, settings);
}

}  // namespace cbsim
