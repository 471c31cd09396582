#include <algorithm>
#include <system_error>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/manifest.hpp"
#include "cbsim/experiment/staging.hpp"
#include "cbsim/experiment/stored_manifest.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

bool is_empty_but_for_staging(const fs::path& folder) {
  return std::ranges::all_of(entries(folder), [](const fs::path& path) {
    return Staging::is_name_of_one(path.filename());
  });
}

StoredManifest read_holding(const fs::path& folder) {
  const fs::path manifest = folder / "manifest.json";
  if (!is_there(manifest)) {
    throw InputError(folder.string() +
                     " is not empty and holds no manifest.json of cbsim, so nothing is written "
                     "there; choose another folder with -o");
  }
  try {
    return read_manifest(manifest);
  } catch (const InputError&) {
    throw InputError(manifest.string() +
                     " is damaged or not of cbsim, so nothing is written there; restore it from a "
                     "copy, or choose another folder with -o");
  }
}

bool has_runs(const fs::path& folder) {
  return is_there(folder / "runs") && !entries(folder / "runs").empty();
}

}  // namespace

void check_folder(const fs::path& folder, const Experiment& experiment, bool force,
                  const fs::path& staging) {
  if (!is_there(folder)) return;  // RunStore says why a folder cannot be made
  if (!is_folder(folder)) {
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
