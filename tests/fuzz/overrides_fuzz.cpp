// Changes from the command line to a fixed config, one a line: "set PATH=VALUE", "grid PATH=V,V",
// "seeds N".

#include "cbsim/experiment/config_path.hpp"
#include "cbsim/experiment/overrides.hpp"
#include "worlds.hpp"

namespace {

using namespace cbsim;

constexpr std::string_view kConfig = R"({
  "name": "fuzz", "horizon": 20, "seeds": 2,
  "environment": { "type": "linear", "dim": 3, "wrappers": [{ "type": "delay", "rounds": 2 }] },
  "policies": [
    { "type": "neural_ucb", "label": "A.b", "network": { "width": 4 } },
    { "type": "lin_ucb", "gamma": { "schedule": "decay", "initial": 1 } }
  ],
  "sweep": { "policies.lin_ucb.lambda": [0.1, 1] }
})";

/// Cuts PATH=VALUE; the command line has refused what has no such form.
Override split(const std::string& text) {
  const auto equals = text.find('=');
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Overrides read(fuzz::Input& input) {
  Overrides overrides;
  while (!input.rest().empty()) {
    const std::string line = input.part("\n");
    const bool change = line.find('=', line.find(' ') + 2) != std::string::npos;
    if (line.starts_with("set ") && change) overrides.sets.push_back(split(line.substr(4)));
    if (line.starts_with("grid ") && change) overrides.grids.push_back(split(line.substr(5)));
    if (line.starts_with("seeds ")) overrides.seeds = line.substr(6);
  }
  return overrides;
}

/// The last value that is set is the one that is there.
void check_value(const Overrides& overrides) {
  if (overrides.sets.empty()) return;
  Problems problems, ignored;
  const auto source = std::make_shared<const std::string>("config");
  auto root = parse_json(kConfig, source, false, problems);
  apply_overrides({.sets = overrides.sets}, *root, problems);
  if (!problems.empty()) return;
  const Override& last = overrides.sets.back();
  const auto steps = resolve_path(*root, last.path, {}, ignored);
  const auto wanted = parse_json(last.value, source, true, ignored);
  const JsonNode* found = steps ? find_value(*root, *steps) : nullptr;
  // A policy whose label was just changed has another path.
  if (!found) return;
  fuzz::demand(compact_json(*found) == compact_json(wanted ? *wanted : json_string(last.value)),
               "another value than was set");
}

}  // namespace

CBSIM_FUZZ_TARGET(input) {
  static const fuzz::Folder folder;
  static const std::string config = folder.write("f.json", kConfig);
  const Overrides overrides = read(input);
  fuzz::accepts([&] { check_value(overrides); });
  Experiment experiment;
  if (!fuzz::accepts([&] { experiment = load_experiment(config, overrides); })) return;
  fuzz::check_experiment(folder, experiment);
}
