#pragma once

#include <filesystem>
#include <vector>

#include "cbsim/experiment/run_plan.hpp"

namespace cbsim {

struct RunOptions;

/// The bytes that this process may still take: what the machine has, what the limits of its control
/// groups (v2 or v1) leave, and what `ulimit -v` leaves, whichever is least; infinite where nothing
/// says. `root` is that of /proc and /sys.
double available_memory(const std::filesystem::path& root = "/");

/// The most bytes that a run of the cell holds, beside what the experiment has loaded.
double run_bytes(const Cell& cell);

/// The most bytes that any `at_a_time` of the runs hold together.
double concurrent_bytes(const std::vector<const Run*>& runs, std::size_t at_a_time);

/// Throws InputError where the runs do not fit into options.memory, saying which cell, how much it
/// needs, how much there is, and what to change.
void check_memory(const Experiment& experiment, const std::vector<const Run*>& runs,
                  const RunOptions& options);

}  // namespace cbsim
