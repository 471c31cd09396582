#include "counts.hpp"

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim::app {

int parse_count(const std::string& option, const std::string& text, const std::string& things,
                int most) {
  const auto count = parsed<int>(text);
  if (count && *count >= 1 && *count <= most) return *count;
  throw InputError(option + " " + text + ": expected a number of " + things + " from 1 to " +
                   std::to_string(most));
}

}  // namespace cbsim::app
