#pragma once

namespace cbsim::app {

/// The threads that this process may use: SLURM_CPUS_PER_TASK, else its affinity mask.
int available_threads();

}  // namespace cbsim::app
