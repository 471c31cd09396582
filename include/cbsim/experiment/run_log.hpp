#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace spdlog {
class logger;
}

namespace cbsim {

/// run.log: lines with time and level, appended by every session on the folder.
class RunLog {
 public:
  /// Throws IoError.
  explicit RunLog(const std::filesystem::path& path);
  ~RunLog();

  void info(const std::string& line);
  void warning(const std::string& line);
  void error(const std::string& line);

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace cbsim
