#pragma once

#include <vector>

#include "cbsim/experiment/experiment.hpp"

namespace cbsim {

/// The rounds at which a curve has a row: min(points, horizon) distinct rounds, ascending, the
/// first 1 and the last `horizon` (a horizon of 1, or a single point, is the last round alone).
/// Linear: 1 + i (T-1)/(n-1), rounded. Log: T^(i/(n-1)), rounded, each at least one above the one
/// before, so that small rounds are not listed twice.
std::vector<Index> record_points(Index horizon, Index points, Spacing spacing);

}  // namespace cbsim
