#pragma once

#include <string>
#include <vector>

#include "cbsim/core/settings.hpp"

namespace cbsim {

/// A line of `cbsim list NAME`.
struct SettingRow {
  std::string key;       ///< dotted: "network.width"
  std::string values;    ///< what it admits
  std::string standard;  ///< the default, as JSON; "required" where there is none
  std::string symbol;
  std::string meaning;
  std::string source;
};

/// All settings, the fields of nested objects under dotted keys.
std::vector<SettingRow> setting_rows(const Settings& settings);

/// Lines of text in aligned columns under a header; columns without any text are left out.
std::string text_table(const std::vector<std::string>& header,
                       const std::vector<std::vector<std::string>>& rows);

}  // namespace cbsim
