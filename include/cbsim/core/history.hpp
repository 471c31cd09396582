#pragma once

#include <vector>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// The observations (x_i, r_i) of a run. Contexts are append-only, and grouped by block, so that a
/// refit on disjoint arms is `blocks` small products whose sizes add up to t.
class History {
 public:
  History(Index dim, Index blocks);

  void add(const ContextView& x, double reward);
  /// Gives observation i of a block another reward.
  void set_reward(Index block, Index i, double reward) {
    groups_[static_cast<std::size_t>(block)].r(i) = reward;
  }

  Index size() const { return size_; }  ///< t, over all blocks
  Index dim() const { return dim_; }
  Index blocks() const { return static_cast<Index>(groups_.size()); }

  Index size(Index block) const { return group(block).size; }  ///< n_b
  /// dim x n_b, in the order of arrival.
  auto contexts(Index block) const { return group(block).x.leftCols(group(block).size); }
  /// n_b rewards, in the order of arrival.
  auto rewards(Index block) const { return group(block).r.head(group(block).size); }

  /// Rewards come back as they were when they were saved first.
  void state(StateArchive& archive);

 private:
  struct Group {
    Matrix x;  ///< dim x capacity
    Vector r;
    Index size = 0;
  };
  const Group& group(Index block) const { return groups_[static_cast<std::size_t>(block)]; }

  Index dim_;
  Index size_ = 0;
  std::vector<Group> groups_;
};

}  // namespace cbsim
