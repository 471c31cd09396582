#include <algorithm>
#include <cmath>

#include "cbsim/confidence/confidence.hpp"

namespace cbsim {
namespace {

/// Z_k = lambda + sum g_k^2 / scale, kept as 1/Z_k. A width is a sum over parameter matrices of
/// (delta^2)^T (1/Z) (X^2): O(p) multiplications in the blocks that the sample touches, no division
/// and never a p-vector. Where an entry stands for c equal coordinates of the network with its
/// input mirrored (each with gradient g/sqrt(c)), Z_k takes g_k^2 / c, the width
/// c (g_k^2 / c) / Z_k, and the log determinant counts c times.
class DiagonalConfidence final : public Confidence {
 public:
  DiagonalConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup)
      : layout_(layout),
        scale_(setup.scale),
        inverse_(Vector::Constant(layout.size(), 1.0 / setup.lambda)) {
    Index rows = 0, cols = 0;
    for (const ParameterMatrix& matrix : layout.matrices) {
      rows = std::max(rows, matrix.rows);
      cols = std::max(cols, matrix.cols);
    }
    left_.resize(rows);
    product_.resize(rows);
    right_.resize(cols);
  }

  void squared_widths(const GradientFactors& gradients, Vector& out) override {
    out.setZero(gradients.count());
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      for (Index i = 0; i < out.size(); ++i) {
        const auto inverse = entries(gradients, k, i);
        auto right = right_.head(inverse.cols());
        auto product = product_.head(inverse.rows());
        right = gradients.right[k].col(i).cwiseAbs2();
        product.noalias() = inverse * right;
        out(i) += gradients.left[k].col(i).cwiseAbs2().dot(product);
      }
    }
    out /= scale_;
  }

  // 1/Z <- (1/Z) / (1 + g^2 (1/Z)): a few roundings an update, which do not grow.
  void add(const GradientFactors& gradients, Index column) override {
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      const auto copies = static_cast<double>(layout_.matrices[k].copies);
      auto inverse = entries(gradients, k, column);
      auto left = left_.head(inverse.rows());
      auto gain = product_.head(inverse.rows());
      left = gradients.left[k].col(column).cwiseAbs2() / (copies * scale_);
      for (Index c = 0; c < inverse.cols(); ++c) {
        const double x = gradients.right[k](c, column);
        if (x == 0.0) continue;
        gain = x * x * left.cwiseProduct(inverse.col(c));
        log_det_ += copies * gain.array().log1p().sum();
        inverse.col(c).array() /= 1.0 + gain.array();
      }
    }
  }

  double log_det() const override { return log_det_; }

  void state(StateArchive& archive) override {
    archive.numbers(inverse_);
    archive.value(log_det_);
  }

 private:
  /// The entries of 1/Z that gradient i meets in parameter matrix k, rows x cols.
  Eigen::Map<Matrix> entries(const GradientFactors& gradients, std::size_t k, Index i) {
    const ParameterMatrix& matrix = layout_.matrices[k];
    const Index block = matrix.blocks > 1 ? gradients.block[static_cast<std::size_t>(i)] : 0;
    return {inverse_.data() + matrix.offset + block * matrix.block_size(), matrix.rows,
            matrix.cols};
  }

  const ParameterLayout& layout_;
  double scale_;
  Vector inverse_;  ///< 1/Z_k, p, in the order of theta
  double log_det_ = 0.0;
  Vector left_, right_, product_;
};

}  // namespace

std::unique_ptr<Confidence> make_diagonal_confidence(const ParameterLayout& layout,
                                                     const ConfidenceSetup& setup) {
  return std::make_unique<DiagonalConfidence>(layout, setup);
}

}  // namespace cbsim
