#pragma once

#include <string>
#include <vector>

#include "cbsim/experiment/status.hpp"

namespace cbsim::app {

/// "17 of 20 runs done, 2 missing (1 of them begun), 1 failed"
std::string totals_line(const ExperimentStatus& status);

/// "failed: uniform, seed 3: out of memory", a line a run.
std::vector<std::string> failure_lines(const Experiment& experiment,
                                       const ExperimentStatus& status);

/// "missing: uniform, seeds 0-2, 7", a line a cell.
std::vector<std::string> missing_lines(const Experiment& experiment,
                                       const ExperimentStatus& status);

}  // namespace cbsim::app
