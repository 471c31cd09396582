#include "counts.hpp"

#include <charconv>

#include "cbsim/core/error.hpp"

namespace cbsim::app {

int parse_count(const std::string& option, const std::string& text, const std::string& things,
                int most) {
  int count = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, count);
  if (error == std::errc{} && end == last && count >= 1 && count <= most) return count;
  throw InputError(option + " " + text + ": expected a number of " + things + " from 1 to " +
                   std::to_string(most));
}

}  // namespace cbsim::app
