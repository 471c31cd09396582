#include "cbsim/training/gradient_factors.hpp"

namespace cbsim {

Index ParameterLayout::size() const {
  return matrices.empty() ? 0 : matrices.back().offset + matrices.back().size();
}

void ParameterLayout::append(Index rows, Index cols, Index blocks, Index copies) {
  matrices.push_back(
      {.rows = rows, .cols = cols, .blocks = blocks, .offset = size(), .copies = copies});
}

void GradientFactors::resize(const ParameterLayout& layout, Index n) {
  left.resize(layout.matrices.size());
  right.resize(layout.matrices.size());
  for (std::size_t k = 0; k < layout.matrices.size(); ++k) {
    left[k].resize(layout.matrices[k].rows, n);
    right[k].resize(layout.matrices[k].cols, n);
  }
  block.resize(static_cast<std::size_t>(n));
}

double squared_norm(const GradientFactors& factors, Index sample) {
  double sum = 0.0;
  for (std::size_t k = 0; k < factors.left.size(); ++k) {
    sum += factors.left[k].col(sample).squaredNorm() * factors.right[k].col(sample).squaredNorm();
  }
  return sum;
}

void inner_products(const ParameterLayout& layout, const GradientFactors& a,
                    const GradientFactors& b, Matrix& out) {
  out.setZero(a.count(), b.count());
  Matrix inputs;
  for (std::size_t k = 0; k < layout.matrices.size(); ++k) {
    inputs.noalias() = a.right[k].transpose() * b.right[k];
    if (layout.matrices[k].blocks > 1) {
      for (std::size_t j = 0; j < b.block.size(); ++j) {
        for (std::size_t i = 0; i < a.block.size(); ++i) {
          if (a.block[i] != b.block[j]) inputs(static_cast<Index>(i), static_cast<Index>(j)) = 0.0;
        }
      }
    }
    out.array() += (a.left[k].transpose() * b.left[k]).array() * inputs.array();
  }
}

void write_gradient(const ParameterLayout& layout, const GradientFactors& factors, Index sample,
                    VectorRef out) {
  out.setZero();
  for (std::size_t k = 0; k < layout.matrices.size(); ++k) {
    const ParameterMatrix& matrix = layout.matrices[k];
    const Index block = matrix.blocks > 1 ? factors.block[static_cast<std::size_t>(sample)] : 0;
    Eigen::Map<Matrix>(out.data() + matrix.offset + block * matrix.block_size(), matrix.rows,
                       matrix.cols)
        .noalias() = factors.left[k].col(sample) * factors.right[k].col(sample).transpose();
  }
}

}  // namespace cbsim
