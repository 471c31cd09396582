#pragma once

#include <vector>

#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// A lower triangular matrix R, t x t, that grows by a row at a time; about t^2 / 2 numbers.
///
/// The rows lie in panels of kRows, each column of a panel side by side, so that forward
/// substitution is one sweep over memory with the rows of a panel along the lanes of a vector. A
/// panel is allocated with its first row and never moves: growing copies nothing.
class PackedTriangle {
 public:
  static constexpr Index kRows = 8;

  Index size() const { return size_; }  ///< t

  /// Appends the row (r, diagonal); r has t numbers.
  void append(const Eigen::Ref<const Eigen::RowVectorXd, 0, Eigen::InnerStride<>>& r,
              double diagonal);

  /// x <- x R^{-T}: each row of x (n x t) is a right-hand side b and becomes R^{-1} b. Reads R once
  /// for all of them.
  void solve(Matrix& x);

  void state(StateArchive& archive);

 private:
  using Panel = Eigen::Matrix<double, kRows, Eigen::Dynamic>;

  std::vector<Panel> panels_;
  Index size_ = 0;
  Panel rest_;  ///< kRows x n: right-hand sides less what is solved, of one panel
};

}  // namespace cbsim
