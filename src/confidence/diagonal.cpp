#include <cmath>
#include <vector>

#include "cbsim/confidence/confidence.hpp"

namespace cbsim {
namespace {

/// Z_k = lambda + sum g_k^2 / scale. A width is a sum over parameter matrices of
/// (delta^2)^T (1/Z) (X^2): O(p), never a p-vector. Where an entry stands for c equal coordinates
/// of the network with its input mirrored (each with gradient g/sqrt(c)), Z_k takes g_k^2 / c, the
/// width c (g_k^2 / c) / Z_k, and the log determinant counts c times.
class DiagonalConfidence final : public Confidence {
 public:
  DiagonalConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup)
      : layout_(layout), setup_(setup), z_(Vector::Constant(layout.size(), setup.lambda)) {}

  void squared_widths(const GradientFactors& gradients, Vector& out) override {
    out.setZero(gradients.count());
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      for (Index i = 0; i < gradients.count(); ++i) {
        const auto z = entries(gradients, k, i);
        left_ = gradients.left[k].col(i).cwiseAbs2();
        right_ = gradients.right[k].col(i).cwiseAbs2();
        for (Index c = 0; c < z.cols(); ++c) {
          if (right_(c) == 0.0) continue;
          out(i) += right_(c) * (left_.array() / z.col(c).array()).sum();
        }
      }
    }
    out /= setup_.scale;
  }

  void add(const GradientFactors& gradients, Index column) override {
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      const auto copies = static_cast<double>(layout_.matrices[k].copies);
      auto z = entries(gradients, k, column);
      left_ = gradients.left[k].col(column).cwiseAbs2() / (copies * setup_.scale);
      right_ = gradients.right[k].col(column).cwiseAbs2();
      for (Index c = 0; c < z.cols(); ++c) {
        if (right_(c) == 0.0) continue;
        log_det_ += copies * (right_(c) * left_.array() / z.col(c).array()).log1p().sum();
        z.col(c) += right_(c) * left_;
      }
    }
  }

  double log_det() const override { return log_det_; }

 private:
  /// The entries of Z that gradient i meets in parameter matrix k, rows x cols.
  Eigen::Map<Matrix> entries(const GradientFactors& gradients, std::size_t k, Index i) {
    const ParameterMatrix& matrix = layout_.matrices[k];
    const Index block = matrix.blocks > 1 ? gradients.block[static_cast<std::size_t>(i)] : 0;
    return {z_.data() + matrix.offset + block * matrix.block_size(), matrix.rows, matrix.cols};
  }

  const ParameterLayout& layout_;
  ConfidenceSetup setup_;
  Vector z_;  ///< p, in the order of theta
  double log_det_ = 0.0;
  Vector left_, right_;
};

}  // namespace

std::unique_ptr<Confidence> make_diagonal_confidence(const ParameterLayout& layout,
                                                     const ConfidenceSetup& setup) {
  return std::make_unique<DiagonalConfidence>(layout, setup);
}

}  // namespace cbsim
