#pragma once

#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// The form of every context of an environment. A context of nominal dimension dim * blocks has at
/// most one block of `dim` coordinates that is not zero: x_a = e_block (x) v. Dense contexts have
/// blocks = 1; disjoint ones (a copy of the parameters for each arm) have blocks = arms.
struct ContextShape {
  Index arms = 0;    ///< K
  Index dim = 0;     ///< coordinates in a block, d for dense contexts
  Index blocks = 1;  ///< 1, or K for disjoint contexts

  Index nominal_dim() const { return dim * blocks; }
  bool operator==(const ContextShape&) const = default;
};

/// One context: its block and the coordinates in it. Valid while the owner of `x` lives.
struct ContextView {
  Index block = 0;
  Eigen::Map<const Vector> x;

  ContextView(Index block_, const double* data, Index dim) : block(block_), x(data, dim) {}
};

/// The contexts of one round, one for each arm. Disjoint contexts share one vector, which is stored
/// once: the d*K vector x (x) e_a is never built.
class Contexts {
 public:
  Contexts() = default;

  /// Reuses the storage for contexts of this shape; the values are then set through `values()`.
  void resize(const ContextShape& shape);

  /// dim x K for dense contexts, dim x 1 for disjoint ones.
  Matrix& values() { return values_; }
  const Matrix& values() const { return values_; }

  const ContextShape& shape() const { return shape_; }
  Index arms() const { return shape_.arms; }
  bool disjoint() const { return shape_.blocks > 1; }

  ContextView operator[](Index arm) const {
    return disjoint() ? ContextView(arm, values_.data(), shape_.dim)
                      : ContextView(0, values_.col(arm).data(), shape_.dim);
  }
  /// All K of them.
  std::vector<ContextView> views() const;

 private:
  ContextShape shape_;
  Matrix values_;
};

}  // namespace cbsim
