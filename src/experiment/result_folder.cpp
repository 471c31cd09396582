#include "cbsim/experiment/result_folder.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/files.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& folder, const std::string& why) {
  throw InputError(folder.string() + ": not a results folder of cbsim: " + why +
                   "; give the folder that cbsim run printed");
}

void demand_folder(const fs::path& folder) {
  if (!is_there(folder)) {
    throw IoError("cannot read the folder " + folder.string() + ": No such file or directory");
  }
  if (!is_folder(folder)) refuse(folder, "it is not a folder");
}

bool is_of_this_version(const StoredManifest& manifest) {
  return manifest.result_version == kResultVersion;
}

/// Keys hold the version, so that runs of another one would just look missing.
void check_version(const fs::path& folder, const std::vector<StoredManifest>& manifests) {
  if (manifests.empty()) refuse(folder, "it holds no manifest.json");
  if (std::ranges::any_of(manifests, is_of_this_version)) return;
  throw InputError(manifests.front().path.string() + ": the runs are of result version " +
                   std::to_string(manifests.front().result_version) +
                   ", but this cbsim computes version " + std::to_string(kResultVersion) +
                   ", whose numbers differ; use the cbsim that made them, or run the experiment "
                   "again in another folder");
}

}  // namespace

void demand_results(const fs::path& folder, const std::string& file) {
  demand_folder(folder);
  if (!is_there(folder / file)) refuse(folder, "it holds no " + file);
}

std::vector<StoredManifest> manifests_of(const fs::path& folder, const Experiment& experiment) {
  demand_folder(folder);
  std::vector<StoredManifest> manifests = read_manifests(folder);
  check_version(folder, manifests);
  for (const StoredManifest& manifest : manifests) {
    if (!is_of_this_version(manifest)) continue;
    const std::string lost = what_is_lost(manifest, experiment);
    if (lost.empty()) continue;
    throw InputError(manifest.path.string() + ": of another experiment, \"" + manifest.name +
                     "\", with what \"" + experiment.name + "\" does not have: " + lost +
                     "; were its config or its data changed?");
  }
  return manifests;
}

ResultFolder open_results(const fs::path& folder) {
  demand_results(folder, "config.json");
  check_version(folder, read_manifests(folder));  // says more than a config that has changed
  ResultFolder results{folder, {}, load_experiment((folder / "config.json").string(), {})};
  results.manifests = manifests_of(folder, results.experiment);
  return results;
}

}  // namespace cbsim
