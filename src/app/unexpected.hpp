#pragma once

#include <CLI/App.hpp>
#include <string>

namespace cbsim::app {

/// What is wrong where a command line has words that nothing takes: the first of them, with the
/// name that it may be meant for.
std::string unexpected(const CLI::App& app, int argc, char** argv);

}  // namespace cbsim::app
