#pragma once

#include "cbsim/experiment/experiment.hpp"
#include "cbsim/experiment/json_tree.hpp"
#include "cbsim/experiment/problems.hpp"

namespace cbsim {

/// Writes the changes of the command line into the tree of a config: --set in the order given, then
/// --grid into "sweep", then --seeds. The new values stand at their flag. What is no JSON is a
/// string. A grid is a list of such values with commas between them, or one JSON list.
void apply_overrides(const Overrides& overrides, JsonNode& root, Problems& problems);

}  // namespace cbsim
