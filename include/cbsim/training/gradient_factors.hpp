#pragma once

#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// One matrix of parameters, W_l or a bias b_l, and its place in the flat vector theta. A matrix
/// with several blocks (W_1 on disjoint contexts) is `blocks` matrices rows x cols side by side; a
/// sample touches one of them.
struct ParameterMatrix {
  Index rows = 0;
  Index cols = 0;  ///< of one block
  Index blocks = 1;
  Index offset = 0;  ///< of block 0 in theta; column-major, blocks one after another
  /// How many equal coordinates of the paper's network each entry stands for: 2 for W_1 where the
  /// mirrored input [x; x]/sqrt(2) is reduced to x, else 1. It matters only to a diagonal Z.
  Index copies = 1;

  Index block_size() const { return rows * cols; }
  Index size() const { return block_size() * blocks; }
};

/// All parameters of a model, in the order of theta.
struct ParameterLayout {
  std::vector<ParameterMatrix> matrices;

  Index size() const;  ///< p
  /// Appends a matrix behind those there are.
  void append(Index rows, Index cols, Index blocks = 1, Index copies = 1);
};

/// The gradients of n samples, never formed as p-vectors. The gradient of sample i with respect to
/// parameter matrix k is the outer product left[k].col(i) * right[k].col(i)^T, in block block[i] if
/// the matrix has several, and zero in its other blocks.
struct GradientFactors {
  std::vector<Matrix>
      left;  ///< for each matrix: rows x n (delta_l; for a linear model a row of ones)
  std::vector<Matrix> right;  ///< for each matrix: cols x n (X_{l-1}; a row of ones for a bias)
  std::vector<Index> block;   ///< n

  Index count() const { return static_cast<Index>(block.size()); }
  /// Gives the factors the shapes of `layout` with n columns; keeps the storage when it fits.
  void resize(const ParameterLayout& layout, Index n);
};

/// |gradient of a sample|^2.
double squared_norm(const GradientFactors& factors, Index sample);

/// out(i, j) = <gradient of sample i of a, gradient of sample j of b>, n_a x n_b, in
/// O(n_a n_b (d + L m)) operations (independent of p).
void inner_products(const ParameterLayout& layout, const GradientFactors& a,
                    const GradientFactors& b, Matrix& out);

/// The gradient of one sample as an explicit p-vector, in the order of theta.
void write_gradient(const ParameterLayout& layout, const GradientFactors& factors, Index sample,
                    VectorRef out);

}  // namespace cbsim
