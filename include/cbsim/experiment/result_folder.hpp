#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/stored_manifest.hpp"

namespace cbsim {

/// The folder of an experiment that `cbsim run` has made.
struct ResultFolder {
  std::filesystem::path path;
  std::vector<StoredManifest> manifests;
  Experiment experiment;  ///< of config.json
};

/// Throws IoError where there is no such folder, InputError where it is none or lacks `file`.
void demand_results(const std::filesystem::path& folder, const std::string& file);

/// Reads config.json, with the data that it names, and the manifests. Throws IoError; InputError
/// saying what to do where this is no results folder, a file of it is damaged, config.json is not
/// of the experiment of the manifests, or the runs are of another version of cbsim.
ResultFolder open_results(const std::filesystem::path& folder);

/// The manifests of a folder, at least one. Those of this version of cbsim are of `experiment` or a
/// part of it, and there is one. Throws like `open_results`.
std::vector<StoredManifest> manifests_of(const std::filesystem::path& folder,
                                         const Experiment& experiment);

}  // namespace cbsim
