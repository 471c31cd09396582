#pragma once

#include <algorithm>

#include "cbsim/experiment/experiment.hpp"
#include "cbsim/experiment/memory.hpp"
#include "cbsim/experiment/run_operations.hpp"
#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/simulate.hpp"
#include "fuzz.hpp"

namespace cbsim::fuzz {

/// A small data file of each format, for configs to name.
inline void write_data(const Folder& folder) {
  folder.write("data.csv", "x1,x2,class\n1,0.5,a\n2,?,b\n3,-1e2,a\n4,0,b\n");
  folder.write("data.svm", "1 1:0.5 3:2\n-1 2:1\n");
  folder.write("data.arff",
               "@relation r\n@attribute x1 numeric\n@attribute c {a,b}\n@data\n1,a\n{0 2,1 b}\n");
  folder.write("images", {"\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\2\1\2\3\4", 20});
  folder.write("labels", {"\0\0\x08\x01\0\0\0\2\0\1", 10});
  folder.write("rounds.csv", "t,arm,x1,reward,expected_reward\n1,0,1,0,0\n1,1,2,1,0.5\n");
  folder.write("log.csv", "x1,arm,reward,propensity\n0.5,0,1,0.5\n1,1,0,0.5\n");
  folder.write("weights", "0.1\n-0.2\n0.3\n0.4\n");
}

/// The first rounds of a cell can be played, where they cost little.
inline void play(const Cell& cell, Seed seed) {
  if (run_bytes(cell) > 3e7 || run_operations(cell) > 1e7) return;
  accepts([&] {
    const auto environment = cell.environment->create(seed);
    const auto policy = cell.policy->create(
        {.shape = cell.environment->facts().shape, .horizon = cell.horizon, .seed = seed});
    simulate(*environment, *policy, std::min<Index>(cell.horizon, 4),
             [](const RoundRecord&) { return true; });
  });
}

/// An experiment is what `show` says of it, and its runs can be listed and begun.
inline void check_experiment(const Folder& folder, const Experiment& experiment) {
  const std::size_t runs = experiment.cells.size() * experiment.seeds.size();
  demand(runs > 0, "an experiment without runs");
  demand(runs <= kMostRuns, "too many runs");
  if (runs <= 1000) demand(plan_runs(experiment).size() == runs, "another number of runs");
  const std::string shown = folder.write("shown.json", experiment.resolved_json);
  const Experiment again = load_experiment(shown, {});
  demand(again.resolved_json == experiment.resolved_json, "shown twice, two configs");
  demand(again.cells.size() == experiment.cells.size(), "shown, another number of cells");
  for (std::size_t i = 0; i < experiment.cells.size(); ++i) {
    demand(again.cells[i].identity == experiment.cells[i].identity, "shown, another identity");
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(experiment.cells.size(), 3); ++i) {
    play(experiment.cells[i], experiment.seeds.front());
  }
}

}  // namespace cbsim::fuzz
