#include "cbsim/experiment/run_plan.hpp"

#include <xxhash.h>

#include <cstdio>

#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

std::string hash(std::string_view text) {
  const XXH128_hash_t value = XXH3_128bits(text.data(), text.size());
  char digits[33];
  std::snprintf(digits, sizeof digits, "%016llx%016llx",
                static_cast<unsigned long long>(value.high64),
                static_cast<unsigned long long>(value.low64));
  return digits;
}

}  // namespace

std::string run_key(std::string_view identity, Seed seed) {
  std::string text = std::to_string(kResultVersion) + '\n' + std::to_string(seed) + '\n';
  return hash(text.append(identity));
}

std::string identity_hash(std::string_view identity) {
  return hash((std::to_string(kResultVersion) + '\n').append(identity));
}

std::vector<Run> plan_runs(const Experiment& experiment) {
  std::vector<Run> runs;
  runs.reserve(experiment.cells.size() * experiment.seeds.size());
  for (const Cell& cell : experiment.cells) {
    for (const Seed seed : experiment.seeds) {
      runs.push_back({&cell, seed, run_key(cell.identity, seed)});
    }
  }
  return runs;
}

std::string cell_title(const Experiment& experiment, const Cell& cell) {
  std::string title = cell.policy_label;
  for (std::size_t i = 0; i < cell.swept_values.size(); ++i) {
    if (cell.swept_values[i].empty()) continue;
    title += ' ' + experiment.swept_paths[i] + '=' + cell.swept_values[i];
  }
  return one_line(title);
}

}  // namespace cbsim
