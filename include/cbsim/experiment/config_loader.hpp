#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cbsim/experiment/config.hpp"
#include "cbsim/experiment/input_file.hpp"
#include "cbsim/experiment/json_tree.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/settings_reader.hpp"
#include "cbsim/experiment/sweep.hpp"

namespace cbsim {

/// Turns the tree of a config into an experiment: reads every grid point, loads the data, checks
/// the rules, and lays out the cells. Errors of all steps are collected.
///
/// A sweep over the horizon or the environment makes a "world" for each grid point, one over a
/// policy a point of that policy. The cells of a policy are the product of both kinds of axes in
/// the order of "sweep", the last fastest.
class ConfigLoader {
 public:
  /// Relative file names are relative to `folder`. `root` must be an object and outlive this.
  ConfigLoader(const JsonNode& root, std::string folder, std::string default_name,
               Problems& problems, Registry registry = {});

  /// Meaningful only if no problem has been added.
  Experiment load();

 private:
  struct World {
    JsonNode tree;
    std::unique_ptr<WorldConfig> config;
    std::vector<FileUse> files;
    Problems problems;
    /// Loaded, in its wrappers; without any, shared where the settings agree.
    std::shared_ptr<const EnvironmentSpec> environment;
    EnvironmentFacts facts;
    bool ready = false;
  };
  struct PolicyPoint {
    JsonNode tree;
    std::unique_ptr<PolicyConfig> config;
    std::vector<FileUse> files;
    Problems problems;
    bool ready = false;
  };
  /// An entry of "policies".
  struct Entry {
    Grid own, all;
    std::vector<PolicyPoint> points;
  };

  /// False, with a problem, for a grid that cannot be held or more runs than fit.
  bool bound_grid();
  void read_worlds();
  void read_policies();
  void read_policy(std::size_t index, const JsonNode& node);
  void check_labels();
  void load_files(const std::vector<FileUse>& files, Problems& problems);
  void load_worlds();
  void load_world(World& world);
  void wrap_world(World& world);
  void check_horizon(World& world);
  void load_policies();
  void check_cells(std::size_t index);
  void report();

  /// The index on each axis of point `point` of an entry's grid; 0 on the axes of other policies.
  std::vector<std::size_t> indices(const Entry& entry, std::size_t point) const;
  std::vector<Cell> cells(const std::vector<std::vector<JsonNode>>& values) const;
  std::string identity(const World& world, const PolicyPoint& policy) const;
  /// The resolved values of each axis.
  std::vector<std::vector<JsonNode>> axis_values() const;
  JsonNode resolved(const std::vector<std::vector<JsonNode>>& values) const;

  const JsonNode& root_;
  std::string folder_, default_name_;
  Problems& problems_;
  Registry registry_;
  std::vector<Axis> axes_;
  Grid world_grid_;
  std::vector<World> worlds_;
  std::vector<Entry> entries_;
  FileStore store_;
  std::size_t read_problems_ = 0;  ///< of worlds and policies, before any data is loaded
};

}  // namespace cbsim
