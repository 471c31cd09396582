#include "cbsim/experiment/run_log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "cbsim/core/error.hpp"

namespace cbsim {

RunLog::RunLog(const std::filesystem::path& path) {
  const auto status = std::filesystem::symlink_status(path);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw IoError("cannot write " + path.string() + ": it is not a regular file");
  }
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
    logger_ = std::make_shared<spdlog::logger>("run", std::move(sink));
  } catch (const spdlog::spdlog_ex& error) {
    throw IoError(error.what());
  }
  logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z [%l] %v");
  logger_->flush_on(spdlog::level::info);
  logger_->set_error_handler([](const std::string&) {});  // a full disk shows in the results first
}

RunLog::~RunLog() = default;

void RunLog::info(const std::string& line) { logger_->info("{}", line); }
void RunLog::warning(const std::string& line) { logger_->warn("{}", line); }
void RunLog::error(const std::string& line) { logger_->error("{}", line); }

}  // namespace cbsim
