#pragma once

#include <string>

namespace cbsim::app {

/// The threads that this process may use: SLURM_CPUS_PER_TASK, else its affinity mask.
int available_threads();

/// The value of an option that takes a number of threads. Throws InputError.
int parse_threads(const std::string& option, const std::string& text);

}  // namespace cbsim::app
