#pragma once

#include "cbsim/experiment/dry_run.hpp"
#include "terminal.hpp"

namespace cbsim::app {

/// `cbsim run --dry-run`: forecasts, with progress on standard error where that takes a while, and
/// prints the runs and what they cost on standard output.
void dry_run(const Experiment& experiment, const RunOptions& options, Terminal& terminal);

}  // namespace cbsim::app
