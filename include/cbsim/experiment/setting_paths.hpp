#pragma once

#include <string>
#include <vector>

namespace cbsim {

/// A setting that --set can change.
struct SettingPath {
  std::string path;                 ///< dotted: "policies.NeuralUCB.training.steps"
  std::vector<std::string> values;  ///< words that it admits, besides other values
};

/// The settings of the config in a file, in its order: those of the types that it names. For
/// completion: errors of the config are passed over. Throws InputError or IoError where the file
/// cannot be read.
std::vector<SettingPath> setting_paths(const std::string& config);

}  // namespace cbsim
