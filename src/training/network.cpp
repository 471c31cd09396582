#include "cbsim/training/network.hpp"

#include <vector>

namespace cbsim {

Network::Network(const NetworkShape& shape) : shape_(shape) {
  for (Index l = 1; l <= shape.depth; ++l) {
    const Index rows = l == shape.depth ? 1 : shape.width;
    if (l == 1) {
      layout_.append(rows, shape.dim, shape.blocks, shape.input_copies);
    } else {
      layout_.append(rows, shape.width);
    }
    if (shape.bias) layout_.append(rows, 1);
  }
}

std::size_t Network::weight_index(Index l) const {
  return static_cast<std::size_t>((l - 1) * (shape_.bias ? 2 : 1));
}

namespace {

// The same view for const and mutable parameters.
template <class Result, class Parameters>
Result view(const ParameterMatrix& matrix, Parameters& theta) {
  return {theta.data() + matrix.offset, matrix.rows, matrix.cols * matrix.blocks};
}

/// y = W x with W of m rows, the columns one below the other: every row is summed from its first
/// column to its last, whatever the kernels of a build. Of the symmetric start W_l = diag(W, W),
/// W_L = (w^T, -w^T) both halves then are the same to the last bit, and f is exactly 0: rounding
/// errors would be scores there, and choose arms.
void multiply(const double* weight, ConstVectorRef x, Eigen::Ref<Vector> y) {
  constexpr Index kColumns = 8;  // a pass over y
  const Index m = y.size();
  double* const out = y.data();
  y.setZero();
  Index k = 0;
  for (; k + kColumns <= x.size(); k += kColumns, weight += kColumns * m) {
    const double* const factors = x.data() + k;
    for (Index row = 0; row < m; ++row) {
      double sum = out[row];
      for (Index j = 0; j < kColumns; ++j) sum += factors[j] * weight[j * m + row];
      out[row] = sum;
    }
  }
  for (; k < x.size(); ++k, weight += m) {
    for (Index row = 0; row < m; ++row) out[row] += x(k) * weight[row];
  }
}

}  // namespace

Eigen::Map<const Matrix> Network::weight(const Vector& theta, Index l) const {
  return view<Eigen::Map<const Matrix>>(layout_.matrices[weight_index(l)], theta);
}
Eigen::Map<Matrix> Network::weight(Vector& theta, Index l) const {
  return view<Eigen::Map<Matrix>>(layout_.matrices[weight_index(l)], theta);
}
Eigen::Map<const Vector> Network::bias(const Vector& theta, Index l) const {
  const ParameterMatrix& matrix = layout_.matrices[bias_index(l)];
  return {theta.data() + matrix.offset, matrix.rows};
}
Eigen::Map<Vector> Network::bias(Vector& theta, Index l) const {
  const ParameterMatrix& matrix = layout_.matrices[bias_index(l)];
  return {theta.data() + matrix.offset, matrix.rows};
}

void Network::evaluate(const Vector& theta, std::span<const ContextView> contexts, Vector& f,
                       GradientFactors* gradients) const {
  const auto n = static_cast<Index>(contexts.size());
  const Index depth = shape_.depth;
  // Forward: activations[l] = X_l, l = 1..L-1.
  std::vector<Matrix> activations(static_cast<std::size_t>(depth));
  const auto activation = [&](Index l) -> Matrix& {
    return activations[static_cast<std::size_t>(l)];
  };
  for (Index l = 1; l < depth; ++l) {
    activation(l).resize(shape_.width, n);
    for (Index i = 0; i < n; ++i) {
      if (l == 1) {
        const ContextView& context = contexts[static_cast<std::size_t>(i)];
        const auto block = weight(theta, 1).middleCols(context.block * shape_.dim, shape_.dim);
        multiply(block.data(), context.x, activation(1).col(i));
      } else {
        multiply(weight(theta, l).data(), activation(l - 1).col(i), activation(l).col(i));
      }
    }
    if (shape_.bias) activation(l).colwise() += bias(theta, l);
    activation(l) = activation(l).cwiseMax(0.0);
  }
  const auto output = weight(theta, depth);
  const Matrix& last = activation(depth - 1);
  const Index half = shape_.width / 2, rest = shape_.width - half;
  const Matrix upper = output.leftCols(half) * last.topRows(half);
  const Matrix lower = output.rightCols(rest) * last.bottomRows(rest);
  f = shape_.output_scale * (upper + lower).transpose();
  if (shape_.bias) f.array() += shape_.output_scale * bias(theta, depth)(0);
  if (gradients == nullptr) return;

  // Backward: left of W_l is delta_l, right is X_{l-1}.
  gradients->resize(layout_, n);
  for (Index i = 0; i < n; ++i) {
    const ContextView& context = contexts[static_cast<std::size_t>(i)];
    gradients->block[static_cast<std::size_t>(i)] = context.block;
    gradients->right[0].col(i) = context.x;
  }
  for (Index l = depth; l >= 1; --l) {
    Matrix& delta = gradients->left[weight_index(l)];
    if (l == depth) {
      delta.setConstant(shape_.output_scale);
    } else {
      delta.noalias() = weight(theta, l + 1).transpose() * gradients->left[weight_index(l + 1)];
      delta.array() *= (activation(l).array() > 0.0).cast<double>();
    }
    if (l > 1) gradients->right[weight_index(l)] = activation(l - 1);
    if (shape_.bias) {
      gradients->left[bias_index(l)] = delta;
      gradients->right[bias_index(l)].setOnes();
    }
  }
}

}  // namespace cbsim
