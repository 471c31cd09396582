#pragma once

#include <numeric>
#include <vector>

#include "cbsim/core/rng.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// Which of n rows each round shows: round t shows row deal_order(...)[t - 1]. A permutation that
/// depends on the seed, or the order of the file.
inline std::vector<Index> deal_order(Seed seed, Index n, bool shuffle) {
  if (shuffle) {
    Stream stream(seed, Purpose::shuffle);
    return random_permutation(stream, n);
  }
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  return order;
}

}  // namespace cbsim
