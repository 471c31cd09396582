#include "cbsim/experiment/stored_manifest.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <system_error>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/manifest.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/seed_list.hpp"
#include "stored_json.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using Kind = JsonNode::Kind;

/// A string, else JSON, for messages.
std::string text(const JsonNode& value) {
  return one_line(value.kind == Kind::string ? value.text : compact_json(value));
}

/// The members of an object; cbsim has written fewer.
const std::vector<JsonMember>& few_members(const JsonNode& value) {
  constexpr std::size_t kMost = 100;
  if (value.kind != Kind::object || value.members.size() > kMost) {
    throw InputError("not what cbsim writes");
  }
  return value.members;
}

std::map<std::string, std::string> machine(const JsonNode& manifest) {
  std::map<std::string, std::string> facts;
  for (const char* name : {"cpu", "result_version"}) {
    facts[name] = text(stored_member(manifest, name));
  }
  for (const JsonMember& fact : few_members(stored_member(manifest, "build"))) {
    if (fact.value.kind != Kind::object) {
      facts[one_line(cut(fact.key))] = text(fact.value);
      continue;
    }
    for (const JsonMember& library : few_members(fact.value)) {
      facts[one_line(cut(fact.key) + '/' + cut(library.key))] = text(library.value);
    }
  }
  return facts;
}

StoredManifest parse_manifest(const JsonNode& json) {
  const JsonNode& experiment = stored_member(json, "experiment");
  StoredManifest manifest;
  manifest.name = text(stored_member(experiment, "name"));
  for (const JsonNode& cell : stored_items(stored_member(experiment, "cells"))) {
    const std::string title = text(stored_member(cell, "title")),
                      environment = text(stored_member(cell, "environment"));
    const auto horizon = stored_integer<Index>(stored_member(cell, "horizon"));
    manifest.cells.push_back(
        {title + " (" + environment + ", horizon " + std::to_string(horizon) + ")",
         stored_text(stored_member(cell, "identity"))});
  }
  for (const JsonNode& seed : stored_items(stored_member(experiment, "seeds"))) {
    manifest.seeds.push_back(stored_integer<Seed>(seed));
  }
  manifest.result_version = stored_integer<int>(stored_member(json, "result_version"));
  manifest.machine = machine(json);
  return manifest;
}

bool is_name_of_one(const std::string& name) {
  return name == "manifest.json" || (name.starts_with("manifest.") && name.ends_with(".json") &&
                                     name.find("-of-") != std::string::npos);
}

}  // namespace

StoredManifest read_manifest(const fs::path& path) {
  try {
    StoredManifest manifest = parse_manifest(read_stored_json(path));
    manifest.path = path;
    return manifest;
  } catch (const InputError&) {
    throw InputError(path.string() +
                     ": damaged, or not a manifest of cbsim; restore it from a copy");
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
  return parse_manifest(manifest_json(experiment, {}));
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
