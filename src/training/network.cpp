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
  activation(1).resize(shape_.width, n);
  for (Index i = 0; i < n; ++i) {
    const ContextView& context = contexts[static_cast<std::size_t>(i)];
    activation(1).col(i).noalias() =
        weight(theta, 1).middleCols(context.block * shape_.dim, shape_.dim) * context.x;
  }
  for (Index l = 1; l < depth; ++l) {
    if (l > 1) activation(l).noalias() = weight(theta, l) * activation(l - 1);
    if (shape_.bias) activation(l).colwise() += bias(theta, l);
    activation(l) = activation(l).cwiseMax(0.0);
  }
  f.noalias() = shape_.output_scale * (weight(theta, depth) * activation(depth - 1)).transpose();
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
