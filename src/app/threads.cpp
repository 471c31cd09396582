#include "threads.hpp"

#include <sched.h>

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "counts.hpp"

namespace cbsim::app {

int available_threads() {
  if (const char* slurm = std::getenv("SLURM_CPUS_PER_TASK")) {
    const std::string_view text = slurm;
    int count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc{} && end == text.data() + text.size() && count > 0) return count;
  }
  cpu_set_t cpus;
  if (::sched_getaffinity(0, sizeof cpus, &cpus) == 0) return CPU_COUNT(&cpus);
  return static_cast<int>(std::thread::hardware_concurrency());
}

int parse_threads(const std::string& option, const std::string& text) {
  constexpr int kMost = 4096;
  return parse_count(option, text, "threads", kMost);
}

}  // namespace cbsim::app
