#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/experiment.hpp"
#include "cbsim/experiment/registry.hpp"
#include "cbsim/experiment/runner.hpp"

namespace cbsim {

/// A policy whose behaviour a test chooses: arm 0, with whatever `diagnose` says.
struct TestPolicySpec final : PolicySpec {
  std::function<Diagnostics(Seed, Index)> diagnose;  ///< may throw RunError

  Settings settings() override { return {}; }
  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    struct TestPolicy final : Policy {
      const TestPolicySpec& spec;
      PolicySetup setup;
      Index round = 0;
      TestPolicy(const TestPolicySpec& spec_, PolicySetup setup_) : spec(spec_), setup(setup_) {}
      Index choose(Index t, const Contexts&) override {
        round = t;
        return 0;
      }
      void update(const Outcome&) override {}
      Diagnostics diagnostics() const override { return spec.diagnose(setup.seed, round); }
      Vector weights(bool initial) const override {
        return Vector::Constant(2, initial ? 0.5 : static_cast<double>(round));
      }
    };
    return std::make_unique<TestPolicy>(*this, setup);
  }
};

inline Cell make_cell(const std::string& label, const std::string& policy,
                      const std::string& environment = "linear", Index horizon = 40) {
  Cell cell;
  cell.policy_label = label;
  cell.policy_type = find_policy_type(policy);
  cell.policy = cell.policy_type->make();
  cell.environment_type = find_environment_type(environment);
  cell.environment = cell.environment_type->make();
  cell.horizon = horizon;
  cell.identity = policy + " on " + environment + " for " + std::to_string(horizon);
  return cell;
}

/// A cell whose policy is a TestPolicySpec.
inline Cell make_test_cell(const std::string& label,
                           std::function<Diagnostics(Seed, Index)> diagnose) {
  static const PolicyType type{"test", "Test", "", "", "", "", nullptr};
  Cell cell = make_cell(label, "uniform");
  auto spec = std::make_shared<TestPolicySpec>();
  spec->diagnose = std::move(diagnose);
  cell.policy_type = &type;
  cell.policy = spec;
  cell.identity = "test policy " + label;
  return cell;
}

inline Experiment make_experiment(std::vector<Cell> cells, std::vector<Seed> seeds = {0, 1, 2}) {
  Experiment experiment;
  experiment.name = "trial";
  experiment.seeds = std::move(seeds);
  experiment.cells = std::move(cells);
  experiment.record.points = 5;
  experiment.resolved_json = "{}\n";
  return experiment;
}

/// Remembers what it is told.
struct Witness final : RunObserver {
  std::vector<std::string> started_runs, warnings, failures;

  void started(const Run& run) override {
    started_runs.push_back(run.cell->policy_label + ' ' + std::to_string(run.seed));
  }
  void warned(const std::string& message) override { warnings.push_back(message); }
  void failed(const std::string& message) override { failures.push_back(message); }
};

struct Trial {
  Witness witness;
  ExperimentReport report;
};

inline Trial run_trial(const Experiment& experiment, const std::filesystem::path& folder,
                       RunOptions options = {}) {
  Trial trial;
  options.folder = folder;
  const std::atomic<int> never{0};
  trial.report = run_experiment(experiment, options, trial.witness, never);
  return trial;
}

}  // namespace cbsim
