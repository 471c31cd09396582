#include "cbsim/experiment/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/amounts.hpp"
#include "cbsim/experiment/runner.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
constexpr double kInfinite = std::numeric_limits<double>::infinity();
/// A thread, its stack, buffers of files and of kernels.
constexpr double kRunOverhead = 1e6;

std::optional<double> number_in(const fs::path& path) {
  double value = 0.0;
  if (std::ifstream(path) >> value) return value;
  return {};  // "max" among others
}

/// The number behind a word of a file with one word and number a line.
std::optional<double> entry_of(const fs::path& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    double value = 0.0;
    if (words >> word >> value && word == name) return value;
  }
  return {};
}

/// What a group and those above it leave. Pages of files count as used but are given back.
double left_in_groups(const fs::path& top, const fs::path& group, const char* limit,
                      const char* usage, const char* cache) {
  double left = kInfinite;
  for (fs::path relative = group.relative_path();; relative = relative.parent_path()) {
    // No name is appended to "top/": where memory runs out then, libstdc++ 12 frees twice.
    const fs::path folder = relative.empty() ? top : top / relative;
    const auto most = number_in(folder / limit), used = number_in(folder / usage);
    if (most && used) {
      const double files = entry_of(folder / "memory.stat", cache).value_or(0.0);
      left = std::min(left, std::max(0.0, *most - *used + files));
    }
    if (relative.empty()) return left;
  }
}

double left_by_groups(const fs::path& root) {
  double left = kInfinite;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // hierarchy:controllers:path
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto controllers = line.substr(first, second - first) + ',';  // ":cpu,memory,"
    const fs::path group = line.substr(second + 1);
    if (controllers == ":,") {
      left = std::min(left, left_in_groups(root / "sys/fs/cgroup", group, "memory.max",
                                           "memory.current", "inactive_file"));
    } else if (controllers.find(":memory,") != std::string::npos ||
               controllers.find(",memory,") != std::string::npos) {
      left = std::min(left,
                      left_in_groups(root / "sys/fs/cgroup/memory", group, "memory.limit_in_bytes",
                                     "memory.usage_in_bytes", "total_inactive_file"));
    }
  }
  return left;
}

double left_by_resource_limit(const fs::path& root) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kInfinite;
  const double pages = number_in(root / "proc/self/statm").value_or(0.0);
  const double used = pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return std::max(0.0, static_cast<double>(limit.rlim_cur) - used);
}

struct Need {
  double bytes;
  const Run* run;
};

/// The most demanding first.
std::vector<Need> needs_of(const std::vector<const Run*>& runs) {
  std::map<const Cell*, double> bytes;
  std::vector<Need> needs;
  for (const Run* run : runs) {
    const auto [entry, is_new] = bytes.try_emplace(run->cell, 0.0);
    if (is_new) entry->second = run_bytes(*run->cell);
    needs.push_back({entry->second, run});
  }
  std::ranges::stable_sort(needs, std::greater{}, &Need::bytes);
  return needs;
}

}  // namespace

double available_memory(const fs::path& root) {
  double left = std::min(left_by_groups(root), left_by_resource_limit(root));
  if (const auto kilobytes = entry_of(root / "proc/meminfo", "MemAvailable:")) {
    left = std::min(left, 1024.0 * *kilobytes);
  }
  return left;
}

double run_bytes(const Cell& cell) {
  const EnvironmentFacts facts = cell.environment->facts();
  const auto values = static_cast<double>(facts.shape.dim * facts.shape.arms);
  const double rows = facts.rounds == kUnlimitedRounds ? 0.0 : static_cast<double>(facts.rounds);
  const double pending = std::min(facts.pending, static_cast<double>(cell.horizon)) * kGrowth *
                         static_cast<double>(facts.shape.dim);
  return cell.policy->cost(facts, cell.horizon).bytes + 8.0 * (values + rows + pending) +
         kRunOverhead;
}

double concurrent_bytes(const std::vector<const Run*>& runs, std::size_t at_a_time) {
  const std::vector<Need> needs = needs_of(runs);
  double sum = 0.0;
  for (std::size_t i = 0; i < std::min(at_a_time, needs.size()); ++i) sum += needs[i].bytes;
  return sum;
}

void check_memory(const Experiment& experiment, const std::vector<const Run*>& runs,
                  const RunOptions& options) {
  const std::vector<Need> needs = needs_of(runs);
  const std::size_t at_a_time =
      std::min(static_cast<std::size_t>(options.runs_at_a_time()), needs.size());
  const double available = options.memory ? *options.memory : available_memory();
  double sum = 0.0;
  std::size_t fitting = 0;
  for (std::size_t i = 0; i < at_a_time; ++i) {
    sum += needs[i].bytes;
    if (sum <= available) fitting = i + 1;
  }
  if (fitting == at_a_time) return;

  const Cell& cell = *needs.front().run->cell;
  std::string message = cell_title(experiment, cell) + ": a run needs about " +
                        bytes_text(needs.front().bytes) + " of memory";
  if (at_a_time > 1) {
    message += ", " + std::to_string(at_a_time) + " runs at a time " + bytes_text(sum) + " in all";
  }
  message += ", but " + bytes_text(available) + " are available; nothing has been run. ";
  if (fitting > 0) {
    message += "Run fewer at a time: -j " +
               std::to_string(fitting * static_cast<std::size_t>(options.threads_per_run));
  } else {
    const RunCost cost = cell.policy->cost(cell.environment->facts(), cell.horizon);
    message += "Choose " + (cost.remedy.empty() ? "" : cost.remedy + ", or ") + "a smaller horizon";
  }
  throw InputError(message);
}

}  // namespace cbsim
