#include "cbsim/core/history.hpp"

#include <algorithm>
#include <string>

namespace cbsim {

History::History(Index dim, Index blocks) : dim_(dim), groups_(static_cast<std::size_t>(blocks)) {
  for (Group& group : groups_) group.x.resize(dim, 0);
}

void History::add(const ContextView& x, double reward) {
  Group& group = groups_[static_cast<std::size_t>(x.block)];
  if (group.size == group.r.size()) {
    const Index capacity = std::max<Index>(16, 2 * group.size);
    group.x.conservativeResize(Eigen::NoChange, capacity);
    group.r.conservativeResize(capacity);
  }
  group.x.col(group.size) = x.x;
  group.r(group.size) = reward;
  ++group.size;
  ++size_;
}

void History::state(StateArchive& archive) {
  for (Index b = 0; b < blocks(); ++b) {
    archive.growing(
        "block" + std::to_string(b), size(b),
        [&](Index i, std::vector<double>& item) {
          const auto x = contexts(b).col(i);
          item.assign(x.begin(), x.end());
          item.push_back(rewards(b)(i));
        },
        [&](std::span<const double> item) {
          StateArchive::demand(std::ssize(item) == dim_ + 1);
          add({b, item.data(), dim_}, item.back());
        });
  }
}

}  // namespace cbsim
