#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cbsim/experiment/statistics.hpp"
#include "cbsim/experiment/summary_table.hpp"

namespace cbsim {

struct CompareOptions {
  /// Absent: cum_regret, or cum_reward in an environment where a regret is unknown.
  std::optional<Metric> metric{};
  std::string baseline{};  ///< a policy's label; empty: none
  /// The seeds on which the best setting of a policy is chosen, to be reported on the others.
  /// Absent: chosen and reported on all seeds.
  std::optional<std::vector<Seed>> select_seeds{};
};

/// Setting minus baseline, over the seeds that both have.
struct PairedDifference {
  Estimate estimate;
  std::size_t wins = 0;  ///< seeds where the setting is strictly better
  std::size_t ties = 0;
};

/// A policy with one of the values that were swept.
struct ComparedSetting {
  std::string policy;
  std::vector<std::string> swept_values;  ///< one a swept path, the environment's among them
  Estimate estimate;
  std::optional<double> median;
  bool best = false;        ///< has the best mean of its policy's settings; the first of equals
  bool has_rivals = false;  ///< the policy has several settings
  std::optional<PairedDifference> difference;  ///< none of the baseline itself
};

/// One environment with one choice of its swept values.
struct ComparedEnvironment {
  std::string experiment, environment;
  std::vector<std::string> swept_values;  ///< one a swept path; empty at those of policies
  Metric metric = Metric::cum_regret;
  std::vector<ComparedSetting> settings;  ///< with `select_seeds` the best of each policy alone
};

struct Comparison {
  std::vector<std::string> swept_paths;
  std::vector<ComparedEnvironment> environments;
  std::vector<std::string> notes;  ///< what the reader of the figures ought to know
};

/// Compares the policies of a table at their ends. Throws InputError where the options do not fit
/// the table, or a row is there twice with different runs.
Comparison compare(const SummaryTable& table, const CompareOptions& options);

/// "gamma=0.1, noise=2": the swept values that are there, their paths without what names the
/// policy.
std::string settings_text(const std::vector<std::string>& paths,
                          const std::vector<std::string>& values, const std::string& policy);

}  // namespace cbsim
