#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// A figure of a run at its end.
enum class Metric { cum_regret, cum_reward, optimal_rate };
constexpr std::size_t kMetrics = 3;

/// The name of its column.
std::string_view metric_name(Metric metric);
std::optional<Metric> find_metric(std::string_view name);
constexpr bool lower_is_better(Metric metric) { return metric == Metric::cum_regret; }

/// A row of summary.csv.
struct SummaryRow {
  std::string experiment, environment, policy;
  std::vector<std::string> swept_values;  ///< one a path; empty where the path does not apply
  Seed seed = 0;
  Index horizon = 0;
  bool done = false;                                      ///< else failed
  std::array<std::optional<double>, kMetrics> figures{};  ///< by Metric; absent where unknown
  std::string key;
};

/// A summary.csv, as `write_tables` writes it.
struct SummaryTable {
  std::vector<std::string> swept_paths;
  std::vector<SummaryRow> rows;
};

/// Throws IoError; InputError naming the line for what no summary.csv holds, and for a table
/// without rows.
SummaryTable read_summary(const std::filesystem::path& path);

}  // namespace cbsim
