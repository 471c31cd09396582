#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "cbsim/experiment/run_store.hpp"

namespace cbsim {

enum class RunStatus { missing, done, failed };

/// A row of the plan at the end.
struct RunOutcome {
  RunStatus status = RunStatus::missing;
  std::optional<double> cum_regret;  ///< at the last round; absent where it is unknown
  std::optional<double> cum_reward;  ///< at the last round
};

/// The two tables of an experiment, by path.
struct TablePaths {
  std::filesystem::path regret, summary;
};

/// Makes from the runs in `folder` a regret.csv (the curves of all runs that are done) and
/// summary.csv (a row for each run that is done or failed, with the rounds that it played or was to
/// play as its horizon), in the order of the plan, and fills in the figures of `outcomes`, one for
/// each run. A run that is no longer in the folder becomes missing. Throws IoError.
void make_tables(const std::filesystem::path& folder, const TablePaths& tables,
                 const Experiment& experiment, const std::vector<Run>& plan,
                 std::vector<RunOutcome>& outcomes);

/// The same in the store's own folder. Throws IoError.
void write_tables(const RunStore& store, const Experiment& experiment, const std::vector<Run>& plan,
                  std::vector<RunOutcome>& outcomes);

}  // namespace cbsim
