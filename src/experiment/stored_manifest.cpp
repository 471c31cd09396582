#include "cbsim/experiment/stored_manifest.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <system_error>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/manifest.hpp"
#include "cbsim/experiment/memory_reserve.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/seed_list.hpp"
#include "stored_json.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// A string, else JSON, for messages.
std::string text(const Json& value) {
  return one_line(value.is_string() ? value.get<std::string>() : value.dump());
}

/// The value, which must be an object; cbsim has written one of fewer members.
const Json& small_object(const Json& value) {
  constexpr std::size_t kMost = 100;
  if (!value.is_object() || value.size() > kMost) throw InputError("not what cbsim writes");
  return value;
}

std::map<std::string, std::string> machine(const Json& manifest) {
  std::map<std::string, std::string> facts{{"cpu", text(manifest.at("cpu"))},
                                           {"result_version", text(manifest.at("result_version"))}};
  const auto add = [&](const std::string& name, const Json& value) {
    facts[one_line(name)] = text(value);
  };
  for (const auto& [name, value] : small_object(manifest.at("build")).items()) {
    if (!value.is_object()) {
      add(cut(name), value);
      continue;
    }
    for (const auto& [library, version] : small_object(value).items()) {
      add(cut(name) + '/' + cut(library), version);
    }
  }
  return facts;
}

StoredManifest parse_manifest(const Json& json) {
  const Json& experiment = json.at("experiment");
  StoredManifest manifest;
  manifest.name = text(experiment.at("name"));
  for (const Json& cell : experiment.at("cells")) {
    const std::string title = text(cell.at("title")), environment = text(cell.at("environment"));
    manifest.cells.push_back({title + " (" + environment + ", horizon " +
                                  std::to_string(stored_integer<Index>(cell.at("horizon"))) + ")",
                              cell.at("identity")});
  }
  for (const Json& seed : experiment.at("seeds")) {
    manifest.seeds.push_back(stored_integer<Seed>(seed));
  }
  manifest.result_version = stored_integer<int>(json.at("result_version"));
  manifest.machine = machine(json);
  return manifest;
}

bool is_name_of_one(const std::string& name) {
  return name == "manifest.json" || (name.starts_with("manifest.") && name.ends_with(".json") &&
                                     name.find("-of-") != std::string::npos);
}

}  // namespace

StoredManifest read_manifest(const fs::path& path) {
  const ReserveUse reserve;
  const auto damaged = [&] {
    return InputError(path.string() +
                      ": damaged, or not a manifest of cbsim; restore it from a copy");
  };
  try {
    StoredManifest manifest = parse_manifest(read_stored_json(path));
    manifest.path = path;
    return manifest;
  } catch (const Json::exception&) {
    throw damaged();
  } catch (const InputError&) {  // beyond all size or depth
    throw damaged();
  }
}

std::vector<StoredManifest> read_manifests(const fs::path& folder) {
  std::vector<StoredManifest> manifests;
  for (const fs::path& path : entries(folder)) {
    if (is_name_of_one(path.filename().string())) manifests.push_back(read_manifest(path));
  }
  return manifests;
}

StoredManifest manifest_here(const Experiment& experiment) {
  const ReserveUse reserve;
  return parse_manifest(Json::parse(manifest_text(experiment, {})));
}

std::string what_is_lost(const StoredManifest& manifest, const Experiment& experiment) {
  std::set<std::string> identities;
  for (const Cell& cell : experiment.cells) identities.insert(identity_hash(cell.identity));
  std::vector<std::string> cells;
  for (const auto& cell : manifest.cells) {
    if (!identities.contains(cell.identity)) cells.push_back(cell.title);
  }
  const std::set<Seed> own(experiment.seeds.begin(), experiment.seeds.end());
  std::vector<Seed> seeds;
  std::ranges::copy_if(manifest.seeds, std::back_inserter(seeds),
                       [&](Seed seed) { return !own.contains(seed); });

  std::string lost = some_of(cells);
  if (!seeds.empty()) {
    lost += (lost.empty() ? "" : "; ") + std::string(seeds.size() == 1 ? "seed " : "seeds ") +
            seeds_text(seeds);
  }
  return lost;
}

std::string difference(const StoredManifest& one, const StoredManifest& other) {
  std::set<std::string> names;
  for (const auto* manifest : {&one, &other}) {
    for (const auto& fact : manifest->machine) names.insert(fact.first);
  }
  const auto value = [](const StoredManifest& manifest, const std::string& name) {
    const auto found = manifest.machine.find(name);
    return found == manifest.machine.end() ? std::string("unknown") : found->second;
  };
  std::string text;
  for (const std::string& name : names) {
    const std::string a = value(one, name), b = value(other, name);
    if (a != b) text += (text.empty() ? "" : ", ") + name + " (" + a + " and " + b + ")";
  }
  return text;
}

}  // namespace cbsim
