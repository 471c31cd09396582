#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cbsim {

/// What this program was built from and with.
struct BuildInfo {
  std::string version;  ///< "0.1.0"
  std::string commit;   ///< git commit, or "unknown" outside a git checkout
  bool dirty = false;   ///< tracked files differed from the commit
  std::string compiler;
  std::string flags;
  std::string build_type;
  std::string simd;  ///< the widest instruction set that the compiler was allowed to use
  std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
};

const BuildInfo& build_info();

}  // namespace cbsim
