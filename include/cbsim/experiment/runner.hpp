#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cbsim/experiment/manifest.hpp"
#include "cbsim/experiment/run_observer.hpp"
#include "cbsim/experiment/tables.hpp"

namespace cbsim {

/// A share of the runs of an experiment, for several processes that write into one folder.
struct Shard {
  std::size_t number = 1;  ///< 1..count
  std::size_t count = 1;
};

struct RunOptions {
  std::filesystem::path folder;
  // Results depend on neither number of threads.
  int threads = 1;          ///< in all
  int threads_per_run = 1;  ///< of each run, at most `threads`
  bool force = false;       ///< take the folder over from another experiment
  bool keep_going = false;  ///< after a failed run, start the others all the same
  /// Seconds between the checkpoints of a run, at most; absent: none are kept.
  std::optional<double> checkpoint_every{};
  std::optional<Shard> shard{};  ///< of which only the runs are computed; absent: all
  std::string command_line;
  std::optional<double> memory;  ///< bytes for the runs; else what there is (available_memory)

  int runs_at_a_time() const { return threads / threads_per_run; }
};

struct ExperimentReport {
  std::vector<Run> plan;             ///< of a shard its own runs alone
  std::vector<RunOutcome> outcomes;  ///< one for each row of the plan
  Totals totals;
};

/// Computes the runs of an experiment that its folder does not hold yet, those with the most work
/// first, and writes the tables; a shard writes none, because it knows its own runs only.
/// A run that throws has failed: it is reported, and no run is started after it unless
/// `keep_going`. When `stop` becomes non-zero, the unfinished runs are kept as checkpoints. Either
/// way the finished runs are kept and are in the tables.
/// Throws InputError before the first run where the folder holds something else (see
/// `check_folder`) or the runs need more memory than there is (see `check_memory`), with nothing
/// written; IoError where the folder or its tables cannot be written.
ExperimentReport run_experiment(const Experiment& experiment, const RunOptions& options,
                                RunObserver& observer, const std::atomic<int>& stop);

}  // namespace cbsim
