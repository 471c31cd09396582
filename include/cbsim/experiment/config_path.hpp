#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/experiment/json_tree.hpp"
#include "cbsim/experiment/problems.hpp"

namespace cbsim {

/// Keys and list indices, from the root of a config down to a value.
using Steps = std::vector<std::string>;

/// The steps of a dotted path such as "policies.NeuralUCB.training.steps". After "policies" comes a
/// label (the longest that fits, as labels may hold dots) or else an index, and becomes an index.
/// What follows "sweep." is one key. A list index that does not exist is a problem at `position`;
/// an unknown key is not, it is found when the settings are read.
std::optional<Steps> resolve_path(const JsonNode& root, std::string_view path,
                                  const Position& position, Problems& problems);

/// Puts `value` at `steps` below `node`. Objects that are missing on the way are made, and replace
/// what is no object; a new or replaced key stands at `position`.
void set_value(JsonNode& node, const Steps& steps, JsonNode value, const Position& position);

/// The value at `steps` below `node`, or nullptr.
const JsonNode* find_value(const JsonNode& node, const Steps& steps);

std::string pointer_text(const Steps& steps);

/// The label of an entry of "policies": "label", else "type", else nothing.
std::string_view policy_label(const JsonNode& policy);

}  // namespace cbsim
