#pragma once

#include <string>
#include <string_view>

namespace cbsim::app {

/// The word as a POSIX shell reads it back: as it is where that is safe, in single quotes
/// otherwise.
std::string shell_quote(std::string_view word);

/// This process's command line, quoted.
std::string command_line();

}  // namespace cbsim::app
