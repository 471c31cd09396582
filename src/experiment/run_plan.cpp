#include "cbsim/experiment/run_plan.hpp"

#include "cbsim/core/text.hpp"
#include "cbsim/experiment/input_file.hpp"

namespace cbsim {

std::string run_key(std::string_view identity, Seed seed) {
  std::string text = std::to_string(kResultVersion) + '\n' + std::to_string(seed) + '\n';
  return content_hash(text.append(identity));
}

std::string identity_hash(std::string_view identity) {
  return content_hash((std::to_string(kResultVersion) + '\n').append(identity));
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
