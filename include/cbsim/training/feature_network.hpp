#pragma once

#include <span>
#include <vector>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/objective.hpp"

namespace cbsim {

struct FeatureNetworkShape {
  Index dim = 0;       ///< d, coordinates in a block of a context
  Index blocks = 1;    ///< blocks of a context
  Index width = 0;     ///< m
  Index depth = 2;     ///< L, the number of weight matrices
  Index features = 0;  ///< k
};

/// The feature map of Xu, Wen, Zhao, Gu 2022, section 3,
///
///   X_0 = x,  X_l = relu(W_l X_{l-1}),  phi(x; w) = sqrt(m) X_L,
///
/// W_1 m x d (a block), W_l m x m, W_L k x m; w holds W_1, W_2, ... column-major.
class FeatureNetwork {
 public:
  explicit FeatureNetwork(const FeatureNetworkShape& shape);

  const FeatureNetworkShape& shape() const { return shape_; }
  Index parameters() const { return offsets_.back(); }
  /// W_l, l = 1..L, the blocks of W_1 side by side.
  Eigen::Map<const Matrix> weight(const Vector& w, Index l) const;
  Eigen::Map<Matrix> weight(Vector& w, Index l) const;

  /// Entries N(0, 2/m), and of W_L N(0, 1/m): features of order 1.
  Vector draw(Seed seed) const;

  /// phi of n contexts, k x n.
  void evaluate(const Vector& w, std::span<const ContextView> contexts, Matrix& phi) const;

 private:
  FeatureNetworkShape shape_;
  std::vector<Index> offsets_;  ///< of W_1, W_2, ..., and p
};

/// Half of the loss of Neural-LinUCB (Xu, Wen, Zhao, Gu 2022, Algorithm 2),
///   L(w) = sum_i (theta_i^T phi(x_i; w) - r_i)^2 / 2,
/// in the coordinates of w, by Eigen products. `heads` holds theta_i as columns, one matrix for each
/// block of the history, whose observations they go with. All arguments must outlive the result.
std::unique_ptr<Objective<double>> make_feature_objective(const FeatureNetwork& network,
                                                          const Vector& initial,
                                                          const std::vector<Matrix>& heads);

}  // namespace cbsim
