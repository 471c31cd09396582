#pragma once

#include <vector>

#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/gradient_factors.hpp"

namespace cbsim {

/// A growing set of gradients in factored form, grouped by block, so that only samples that share a
/// block meet in the first layer.
class FactorHistory {
 public:
  /// `layout` must outlive the history.
  explicit FactorHistory(const ParameterLayout& layout);

  /// Appends sample `column` of `factors`.
  void append(const GradientFactors& factors, Index column);

  Index size() const { return size_; }  ///< t

  /// out(i, j) = <gradient i of `factors`, gradient j of the history>, n x t, in the order of
  /// arrival.
  void inner_products(const GradientFactors& factors, Matrix& out);
  /// z += weight J^T J with J the t x p matrix whose row i is gradient i, the upper triangle of a p
  /// x p matrix.
  void add_squared_jacobian(double weight, MatrixRef z) const;

  void state(StateArchive& archive);

 private:
  struct Group {
    Index block = 0;
    Index size = 0;
    std::vector<Matrix> left{}, right{};  ///< rows or cols x capacity
    std::vector<Index> order{};           ///< the place of each sample in the order of arrival
  };

  Group& group(Index block);

  const ParameterLayout& layout_;
  std::vector<Group> groups_;
  Index size_ = 0;
  Matrix product_, partial_;
};

}  // namespace cbsim
