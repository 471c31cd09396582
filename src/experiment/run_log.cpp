#include "cbsim/experiment/run_log.hpp"

#include <fcntl.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <mutex>

#include "cbsim/experiment/files.hpp"

namespace cbsim {
namespace {

/// Appends each line in one write, so that those of several processes do not mix.
class AppendingSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit AppendingSink(const std::filesystem::path& path)
      : descriptor_(open_file(path, O_CREAT | O_APPEND)) {}
  ~AppendingSink() override { ::close(descriptor_); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    // Not checked: what is wrong with the disk shows in the results first.
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, line.data(), line.size());
  }
  void flush_() override {}

 private:
  int descriptor_;
};

}  // namespace

RunLog::RunLog(const std::filesystem::path& path)
    : logger_(std::make_shared<spdlog::logger>("run", std::make_shared<AppendingSink>(path))) {
  logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z [%l] %v");
}

RunLog::~RunLog() = default;

void RunLog::info(const std::string& line) { logger_->info("{}", line); }
void RunLog::warning(const std::string& line) { logger_->warn("{}", line); }
void RunLog::error(const std::string& line) { logger_->error("{}", line); }

}  // namespace cbsim
