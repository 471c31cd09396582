#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "cbsim/experiment/experiment.hpp"

namespace cbsim::app {

/// Refuses an option as the value of an option: CLI11 takes whatever word comes next.
CLI::Validator not_an_option();

/// The options that change a config: --set, --grid, --seeds.
class OverrideOptions {
 public:
  /// Adds them to `command`; this object must outlive it.
  void add_to(CLI::App& command);
  /// Throws InputError where a PATH= is missing.
  Overrides read() const;

 private:
  std::vector<std::string> sets_, grids_;
  std::string seeds_;
};

}  // namespace cbsim::app
