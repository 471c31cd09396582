#include <algorithm>
#include <system_error>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/manifest.hpp"
#include "cbsim/experiment/staging.hpp"
#include "cbsim/experiment/stored_manifest.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

bool is_empty_but_for_staging(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) throw IoError("cannot read the folder " + folder.string() + ": " + error.message());
  return std::ranges::all_of(
      entries, [](const auto& entry) { return Staging::is_name_of_one(entry.path().filename()); });
}

StoredManifest read_holding(const fs::path& folder) {
  try {
    return read_manifest(folder / "manifest.json");
  } catch (const std::exception&) {
    throw InputError(folder.string() +
                     " is not empty and holds no manifest.json of cbsim, so nothing is written "
                     "there; choose another folder with -o");
  }
}

bool has_runs(const fs::path& folder) {
  std::error_code ignored;
  return fs::directory_iterator(folder / "runs", ignored) != fs::directory_iterator();
}

}  // namespace

void check_folder(const fs::path& folder, const Experiment& experiment, bool force,
                  const fs::path& staging) {
  std::error_code error;
  if (!fs::exists(folder, error)) return;  // RunStore says why a folder cannot be made
  if (!fs::is_directory(folder, error)) {
    throw IoError("cannot write into " + folder.string() + ": it is not a folder");
  }
  if (is_empty_but_for_staging(folder)) return;
  const StoredManifest holding = read_holding(folder);
  const std::string lost = what_is_lost(holding, experiment);
  if (lost.empty() || force) return;
  if (!has_runs(folder) && !Staging::in_use(folder, staging)) return;
  throw InputError(folder.string() + " holds another experiment, \"" + holding.name +
                   "\", with results that \"" + experiment.name +
                   "\" with its present settings does not have: " + lost +
                   ". Choose another folder with -o, or take this one over with --force (finished "
                   "runs stay in " +
                   (folder / "runs").string() + ", the tables are replaced)");
}

}  // namespace cbsim
