#include "threads.hpp"

#include <sched.h>

#include <cstdlib>
#include <thread>

#include "cbsim/core/text.hpp"
#include "counts.hpp"

namespace cbsim::app {

int available_threads() {
  if (const char* slurm = std::getenv("SLURM_CPUS_PER_TASK")) {
    if (const auto count = parsed<int>(slurm); count && *count > 0) return *count;
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
