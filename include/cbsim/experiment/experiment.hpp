#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/types.hpp"
#include "cbsim/environment/environment.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim {

enum class Spacing { linear, log };
enum class WeightsRecord { none, initial, final };

/// What is written besides the regret curve.
struct RecordSettings : Described {
  std::int64_t points = 200;  ///< rows of a curve, rounds 1 and horizon among them
  Spacing spacing = Spacing::linear;
  bool rounds = false;  ///< rounds.csv
  bool scores = false;  ///< scores.csv
  WeightsRecord weights = WeightsRecord::none;

  Settings settings() override;
};

/// A policy with all its settings on an environment with all its settings: a run without its seed.
struct Cell {
  std::string policy_label;
  const PolicyType* policy_type = nullptr;
  std::shared_ptr<const PolicySpec> policy;
  const EnvironmentType* environment_type = nullptr;
  std::shared_ptr<const EnvironmentSpec> environment;  ///< loaded
  Index horizon = 0;
  /// The value at each of the experiment's swept paths, as compact JSON (strings unquoted); empty
  /// where the path is a setting of another policy.
  std::vector<std::string> swept_values;
  /// Canonical text of all that decides the numbers of a run but its seed: resolved and typed
  /// settings, hashes of file contents; no labels and no paths.
  std::string identity;
};

/// The most runs of an experiment: each is a folder.
constexpr std::size_t kMostRuns = 1000000;

/// A validated experiment: cells x seeds are its runs.
struct Experiment {
  std::string name;
  std::vector<Seed> seeds;
  std::vector<std::string> swept_paths;
  std::vector<Cell> cells;  ///< config order: policy, then grid point
  RecordSettings record;
  std::string resolved_json;  ///< config.json: all defaults filled in
};

/// A change to a config from the command line: --set PATH=VALUE.
struct Override {
  std::string path;   ///< dotted; list indices or policy labels
  std::string value;  ///< JSON, else a string
};

/// Changes from the command line, applied before validation.
struct Overrides {
  std::vector<Override> sets{};
  std::vector<Override> grids{};  ///< --grid PATH=V,V
  std::string seeds{};            ///< --seeds N | A:B | a,b,c; empty: as in the config
};

/// Reads, resolves and checks the config at `path` and loads the data that it names. File paths in
/// a config are relative to the folder of the config. Throws InputError whose message has one line
/// for each error found (file:line:column, JSON pointer, value, rule, nearest valid name), IoError
/// when a file cannot be read.
Experiment load_experiment(const std::string& path, const Overrides& overrides);

}  // namespace cbsim
