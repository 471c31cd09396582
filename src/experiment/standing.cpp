#include "standing.hpp"

#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/run_store.hpp"

namespace cbsim {

Standing standing_of(const std::vector<Run>& plan, const RecordSettings& record,
                     const std::filesystem::path& folder) {
  Standing standing;
  for (const Run& run : plan) {
    const auto [entry, is_new] = standing.status.try_emplace(run.key, RunStatus::missing);
    if (is_new) {
      if (load_curve(folder, run, record)) {
        entry->second = RunStatus::done;
      } else {
        standing.pending.push_back(&run);
        if (is_there(folder / "runs" / run.key)) standing.damaged.push_back(&run);
      }
    }
    if (entry->second == RunStatus::done) ++standing.done;
  }
  return standing;
}

}  // namespace cbsim
