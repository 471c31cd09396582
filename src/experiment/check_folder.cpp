#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/manifest.hpp"
#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/staging.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// What a folder's manifest says that it holds.
struct Holding {
  struct StoredCell {
    std::string title;
    std::string identity;
  };
  std::string name;
  std::vector<StoredCell> cells;
  std::vector<Seed> seeds;
};

bool is_empty_but_for_staging(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) throw IoError("cannot read the folder " + folder.string() + ": " + error.message());
  return std::ranges::all_of(
      entries, [](const auto& entry) { return Staging::is_name_of_one(entry.path().filename()); });
}

Holding read_holding(const fs::path& folder) {
  try {
    const Json json = Json::parse(read_file(folder / "manifest.json")).at("experiment");
    Holding holding{json.at("name"), {}, json.at("seeds")};
    for (const Json& cell : json.at("cells")) {
      const std::string title = cell.at("title"), environment = cell.at("environment");
      holding.cells.push_back({title + " (" + environment + ", horizon " +
                                   std::to_string(cell.at("horizon").get<Index>()) + ")",
                               cell.at("identity")});
    }
    return holding;
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

/// "a, b, c" or "a, b, c and 7 more".
template <class List, class Text>
std::string some_of(const List& list, Text text) {
  constexpr std::size_t kShown = 3;
  std::string out;
  for (std::size_t i = 0; i < std::min(list.size(), kShown); ++i) {
    out += (i > 0 ? ", " : "") + text(list[i]);
  }
  if (list.size() > kShown) out += " and " + std::to_string(list.size() - kShown) + " more";
  return out;
}

/// What the folder holds and the experiment does not repeat; empty if there is nothing.
std::string what_is_lost(const Holding& holding, const Experiment& experiment) {
  std::set<std::string> identities;
  for (const Cell& cell : experiment.cells) identities.insert(identity_hash(cell.identity));
  std::vector<std::string> cells;
  for (const auto& cell : holding.cells) {
    if (!identities.contains(cell.identity)) cells.push_back(cell.title);
  }
  const std::set<Seed> own(experiment.seeds.begin(), experiment.seeds.end());
  std::vector<Seed> seeds;
  std::ranges::copy_if(holding.seeds, std::back_inserter(seeds),
                       [&](Seed seed) { return !own.contains(seed); });

  std::string lost;
  if (!cells.empty()) lost = some_of(cells, [](const std::string& title) { return title; });
  if (!seeds.empty()) {
    lost += (lost.empty() ? "" : "; ") + std::string(seeds.size() == 1 ? "seed " : "seeds ") +
            some_of(seeds, [](Seed seed) { return std::to_string(seed); });
  }
  return lost;
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
  const Holding holding = read_holding(folder);
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
