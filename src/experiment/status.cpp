#include "cbsim/experiment/status.hpp"

#include <utility>

#include "cbsim/experiment/failure_note.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/run_store.hpp"
#include "holdings.hpp"
#include "standing.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

bool has_checkpoint(const fs::path& folder, const Run& run) {
  return is_there(folder / "checkpoints" / run.key);
}

}  // namespace

Holdings holdings_of(const std::vector<Run>& plan, const RecordSettings& record,
                     std::span<const fs::path> folders) {
  Standing standing = standing_of(plan, record, folders.front());
  Holdings holdings{std::move(standing.status), {}, {}};
  for (const Run* run : standing.pending) {
    RunStatus& status = holdings.status[run->key];
    for (const fs::path& folder : folders.subspan(1)) {
      if (!load_curve(folder, *run, record)) continue;
      status = RunStatus::done;
      holdings.elsewhere.emplace(run->key, folder);
      break;
    }
    for (const fs::path& folder : folders) {
      if (status != RunStatus::missing) break;
      auto cause = read_failure_note(folder, run->key);
      if (!cause) continue;
      status = RunStatus::failed;
      holdings.causes.emplace(run->key, *std::move(cause));
    }
  }
  return holdings;
}

ExperimentStatus status_from(const std::vector<Run>& plan, const Holdings& holdings,
                             const fs::path& folder) {
  ExperimentStatus status;
  for (const Run& run : plan) {
    if (status.cells.empty() || status.cells.back().cell != run.cell) {
      status.cells.push_back({run.cell, {}, {}, {}});
    }
    CellStatus& cell = status.cells.back();
    switch (holdings.status.at(run.key)) {
      case RunStatus::done:
        cell.done.push_back(run.seed);
        ++status.done;
        break;
      case RunStatus::failed:
        cell.failed.push_back({run.seed, holdings.causes.at(run.key)});
        ++status.failed;
        break;
      case RunStatus::missing:
        cell.missing.push_back(run.seed);
        ++status.missing;
        if (has_checkpoint(folder, run)) ++status.begun;
    }
  }
  return status;
}

ExperimentStatus status_of(const ResultFolder& results) {
  const std::vector<Run> plan = plan_runs(results.experiment);
  return status_from(plan, holdings_of(plan, results.experiment.record, {&results.path, 1}),
                     results.path);
}

}  // namespace cbsim
