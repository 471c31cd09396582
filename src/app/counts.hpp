#pragma once

#include <string>

namespace cbsim::app {

/// The value of an option that takes a number of `things` from 1 to `most`. Throws InputError.
int parse_count(const std::string& option, const std::string& text, const std::string& things,
                int most);

}  // namespace cbsim::app
