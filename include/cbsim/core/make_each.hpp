#pragma once

#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// `count` objects, each constructed from `arguments` in its place: copies of one would for a
/// moment hold the memory of one more.
template <class T, class... Arguments>
std::vector<T> make_each(Index count, const Arguments&... arguments) {
  std::vector<T> all;
  all.reserve(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) all.emplace_back(arguments...);
  return all;
}

}  // namespace cbsim
