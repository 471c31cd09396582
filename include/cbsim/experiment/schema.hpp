#pragma once

#include <string>

#include "cbsim/core/settings.hpp"
#include "cbsim/experiment/json_tree.hpp"

namespace cbsim {

/// The JSON Schema of an object with these settings and no others. It admits what the reader
/// admits, but for rules between settings.
JsonNode settings_schema(const Settings& settings);

/// The JSON Schema (2020-12) of a config, with everything that the registry holds.
std::string config_schema();

}  // namespace cbsim
