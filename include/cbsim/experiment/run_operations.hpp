#pragma once

#include "cbsim/experiment/experiment.hpp"

namespace cbsim {

/// About how many floating-point operations a run of the cell takes, from a few hundred of its
/// rounds: good enough to tell long runs from short ones.
double run_operations(const Cell& cell);

}  // namespace cbsim
