#pragma once

#include <span>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/gradient_factors.hpp"

namespace cbsim {

/// The sizes of a network.
struct NetworkShape {
  Index dim = 0;              ///< d, coordinates in a block of a context
  Index blocks = 1;           ///< blocks of a context; W_1 has one m x d block for each
  Index width = 0;            ///< m
  Index depth = 2;            ///< L, the number of weight matrices; 2 is one hidden layer
  bool bias = false;          ///< adds b_l to every H_l
  double output_scale = 1.0;  ///< s: sqrt(m) in the paper
  Index input_copies = 1;     ///< 2 where a mirrored input is reduced (ParameterMatrix::copies)
};

/// The network of Zhou, Li, Gu 2020, section 3, of any depth L >= 2 and width m:
///
///   X_0 = x,  H_l = W_l X_{l-1} (+ b_l),  X_l = relu(H_l),  f(x; theta) = s H_L,
///
/// W_1 m x d (a block), W_l m x m, W_L 1 x m; relu'(0) = 0. theta holds W_1, b_1, W_2, b_2, ...
class Network {
 public:
  explicit Network(const NetworkShape& shape);

  const NetworkShape& shape() const { return shape_; }
  const ParameterLayout& layout() const { return layout_; }
  Index parameters() const { return layout_.size(); }

  /// Index into layout().matrices of W_l and b_l, l = 1..L.
  std::size_t weight_index(Index l) const;
  std::size_t bias_index(Index l) const { return weight_index(l) + 1; }

  /// W_l (all its blocks side by side), and b_l.
  Eigen::Map<const Matrix> weight(const Vector& theta, Index l) const;
  Eigen::Map<Matrix> weight(Vector& theta, Index l) const;
  Eigen::Map<const Vector> bias(const Vector& theta, Index l) const;
  Eigen::Map<Vector> bias(Vector& theta, Index l) const;

  /// f of n contexts into `f` (n) and, if `gradients` is given, the factors of its gradient:
  ///   delta_L = s,  delta_l = (W_{l+1}^T delta_{l+1}) * 1[H_l > 0],  grad_{W_l} f = delta_l
  ///   X_{l-1}^T.
  void evaluate(const Vector& theta, std::span<const ContextView> contexts, Vector& f,
                GradientFactors* gradients) const;

 private:
  NetworkShape shape_;
  ParameterLayout layout_;
};

}  // namespace cbsim
