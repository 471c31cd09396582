#include "cbsim/pending_rewards.hpp"

#include <algorithm>

namespace cbsim {

void PendingRewards::add(const Observation& played, Index arrival) {
  if (free_.empty()) {
    const Index used = contexts_.cols();
    contexts_.conservativeResize(played.x.x.size(), std::max<Index>(1, 2 * used));
    for (Index column = contexts_.cols(); column-- > used;) free_.push_back(column);
  }
  const Index column = free_.back();
  free_.pop_back();
  contexts_.col(column) = played.x.x;
  pending_.push_back({arrival, played.round, played.arm, played.x.block, column, played.reward});
  std::ranges::push_heap(pending_, later);
}

std::span<const Observation> PendingRewards::take(Index t) {
  arrived_.clear();
  while (!pending_.empty() && pending_.front().arrival <= t) {
    std::ranges::pop_heap(pending_, later);
    const Reward& next = pending_.back();
    const ContextView x(next.block, contexts_.col(next.column).data(), contexts_.rows());
    arrived_.push_back({next.round, next.arm, x, next.value});
    free_.push_back(next.column);
    pending_.pop_back();
  }
  return arrived_;
}

void PendingRewards::state(StateArchive& archive) {
  archive.values(pending_);
  Index dim = contexts_.rows();
  archive.value(dim);
  archive.columns(contexts_, dim);
  archive.values(free_);
}

bool PendingRewards::fits(const ContextShape& shape) const {
  const auto is_column = [&](Index column) { return column >= 0 && column < contexts_.cols(); };
  return (contexts_.size() == 0 || contexts_.rows() == shape.dim) &&
         std::ranges::all_of(free_, is_column) &&
         std::ranges::all_of(pending_, [&](const Reward& reward) {
           return is_column(reward.column) && reward.arm >= 0 && reward.arm < shape.arms &&
                  reward.block >= 0 && reward.block < shape.blocks;
         });
}

}  // namespace cbsim
