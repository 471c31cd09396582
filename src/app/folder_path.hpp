#pragma once

#include <filesystem>
#include <string>

namespace cbsim::app {

/// A folder as the user names it, without slashes at its end. (Where memory runs out while a name
/// is appended to a path with one, libstdc++ 12 frees twice.)
inline std::filesystem::path folder_path(std::string name) {
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

}  // namespace cbsim::app
