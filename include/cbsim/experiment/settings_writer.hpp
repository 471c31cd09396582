#pragma once

#include <functional>
#include <string>

#include "cbsim/core/settings.hpp"
#include "cbsim/experiment/json_tree.hpp"

namespace cbsim {

/// How a data file appears in JSON.
using FileText = std::function<std::string(const File&)>;

/// The path, as in config.json.
std::string file_path(const File& file);

/// The current values of all settings, defaults included, as a JSON object that the reader takes
/// back to the same values.
JsonNode write_settings(const Settings& settings, const FileText& file_text = file_path);

/// The current value of one setting.
JsonNode write_value(const Setting& setting, const FileText& file_text = file_path);

}  // namespace cbsim
