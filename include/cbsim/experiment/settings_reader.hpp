#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/settings.hpp"
#include "cbsim/experiment/json_tree.hpp"
#include "cbsim/experiment/problems.hpp"

namespace cbsim {

/// A data file that a config names, to be read once all settings are known.
struct FileUse {
  File* file;
  Position position;
  std::string pointer;
};

/// Fills settings from JSON. Knows no policy and no environment: all it does follows from Settings.
class SettingsReader {
 public:
  /// Relative file names are relative to `folder`; paths are stored absolute.
  SettingsReader(std::string folder, Problems& problems)
      : folder_(std::move(folder)), problems_(problems) {}

  /// Reads `node` into the slots of `settings`. Keys that are absent keep their defaults. Errors
  /// are added to the problems, all of them. `other_keys` are allowed and left alone.
  void read(const JsonNode& node, const Settings& settings, const std::string& pointer,
            std::span<const std::string_view> other_keys = {});

  /// Reads one value, that of `setting`.
  void read_value(const JsonNode& node, const Setting& setting, const std::string& pointer);

  const std::vector<FileUse>& files() const { return files_; }

 private:
  void read_number(const JsonNode& node, const Setting& setting, const std::string& pointer);
  void read_string(const JsonNode& node, const Setting& setting, const std::string& pointer);
  void read_array(const JsonNode& node, const Setting& setting, const std::string& pointer);
  void read_object(const JsonNode& node, const Setting& setting, const std::string& pointer);
  void read_fields(const JsonNode& node, const Settings& settings, const std::string& pointer,
                   std::vector<std::string_view> keys);
  void refuse(const JsonNode& node, const Setting& setting, const std::string& pointer);

  std::string folder_;
  Problems& problems_;
  std::vector<FileUse> files_;
};

/// Adds broken rules of the object at `node` to the problems, where the offending value stands or,
/// if it is a default, where its object stands.
void add_violations(const std::vector<Violation>& violations, const JsonNode& node,
                    const std::string& pointer, Problems& problems);

/// What a setting admits: "a number > 0 or "auto"".
std::string admitted(const Setting& setting);
/// What a single form of it admits.
std::string admitted(const Slot& slot);

/// "\"abc\" is a string", "2.7 is a number"; long values are cut.
std::string described(const JsonNode& node);

}  // namespace cbsim
