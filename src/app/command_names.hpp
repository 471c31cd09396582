#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace cbsim::app {

/// "-o", "--seeds", ...: all options of a command, or of cbsim itself.
std::vector<std::string> option_names(const CLI::App& command);

/// "run", "validate", ...: those that the help shows.
std::vector<std::string> command_names(const CLI::App& app);

}  // namespace cbsim::app
