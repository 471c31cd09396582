#pragma once

#include <span>
#include <vector>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/outcome.hpp"
#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// Rewards on their way, each with its own copy of the context of the arm that was played. Storage
/// is reused: it grows with the rewards that are on their way at a time, and not with the rounds.
class PendingRewards {
 public:
  /// Takes in the reward of a round, which arrives at the end of round `arrival`.
  void add(const Observation& played, Index arrival);

  /// Takes out what arrives by the end of round t: by arrival, then by round, so the oldest first
  /// where every round asks. Valid until the next `add` or `take`.
  std::span<const Observation> take(Index t);

  void state(StateArchive& archive);
  /// Whether what has been restored can come from contexts of that shape.
  bool fits(const ContextShape& shape) const;

 private:
  struct Reward {
    Index arrival, round, arm, block;
    Index column;  ///< of contexts_
    double value;
  };
  static bool later(const Reward& a, const Reward& b) {
    return a.arrival != b.arrival ? a.arrival > b.arrival : a.round > b.round;
  }

  std::vector<Reward> pending_;  ///< a heap, the next to arrive in front
  Matrix contexts_;              ///< dim x capacity
  std::vector<Index> free_;      ///< columns that hold no pending context
  std::vector<Observation> arrived_;
};

}  // namespace cbsim
