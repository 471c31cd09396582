#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "cbsim/core/settings.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/settings_reader.hpp"

namespace cbsim {

/// Reads settings as a config has them, and the content of the files that they name. Throws
/// InputError.
inline void read_settings(Described& object, const std::string& json,
                          const std::map<std::string, std::string>& files = {}) {
  Problems problems;
  const auto source = std::make_shared<const std::string>("a test's settings");
  const auto tree = parse_json(json, source, false, problems);
  problems.raise();
  SettingsReader reader("", problems);
  reader.read(*tree, object.settings(), "");
  problems.raise();
  for (const FileUse& use : reader.files()) {
    const std::string file = std::filesystem::path(use.file->path).filename().string();
    use.file->content = std::make_shared<const std::string>(files.at(file));
  }
}

}  // namespace cbsim
