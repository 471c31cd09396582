#include "cbsim/experiment/merge.hpp"

#include "cbsim/experiment/failure_note.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/run_store.hpp"
#include "cbsim/experiment/tables.hpp"
#include "holdings.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

/// Copies the runs that only other folders have, each whole or not at all.
void copy_runs(const RunStore& store, const Holdings& holdings) {
  std::vector<std::string> keys;
  for (const auto& [key, folder] : holdings.elsewhere) {
    const fs::path staged = store.stage(key);
    for (const fs::path& file : entries(folder / "runs" / key)) {
      cbsim::copy_file(file, staged / file.filename());
    }
    keys.push_back(key);
  }
  if (!keys.empty()) store.publish(keys);
}

/// "A and B differ in simd (AVX2+FMA and AVX-512)"
std::vector<std::string> differences(const std::vector<StoredManifest>& manifests) {
  std::vector<std::string> texts;
  const StoredManifest& first = manifests.front();
  for (const StoredManifest& other : manifests) {
    const std::string text = difference(first, other);
    if (text.empty()) continue;
    texts.push_back(first.path.string() + " and " + other.path.string() + " differ in " + text);
  }
  return texts;
}

void take_over(const RunStore& store, const Holdings& holdings) {
  copy_runs(store, holdings);
  remove_failure_notes(store.folder(), [&](const std::string& key) {
    const auto found = holdings.status.find(key);
    return found != holdings.status.end() && found->second == RunStatus::done;
  });
  for (const auto& [key, cause] : holdings.causes) {
    if (!read_failure_note(store.folder(), key)) write_failure_note(store.folder(), key, cause);
  }
}

}  // namespace

MergeReport merge_results(const ResultFolder& into, std::span<const fs::path> others,
                          bool partial) {
  const Experiment& experiment = into.experiment;
  std::vector<StoredManifest> manifests = into.manifests;
  std::vector<fs::path> folders = {into.path};
  for (const fs::path& other : others) {
    for (StoredManifest& manifest : manifests_of(other, experiment)) {
      manifests.push_back(std::move(manifest));
    }
    folders.push_back(other);
  }
  const std::vector<Run> plan = plan_runs(experiment);
  const Holdings holdings = holdings_of(plan, experiment.record, folders);
  MergeReport report;
  report.status = status_from(plan, holdings, into.path);
  report.differences = differences(manifests);
  if (report.status.missing > 0 && !partial) return report;

  const RunStore store(into.path);
  take_over(store, holdings);
  report.copied = holdings.elsewhere.size();
  std::vector<RunOutcome> outcomes(plan.size());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    outcomes[i].status = holdings.status.at(plan[i].key);
  }
  write_tables(store, experiment, plan, outcomes);
  report.written = true;
  return report;
}

}  // namespace cbsim
