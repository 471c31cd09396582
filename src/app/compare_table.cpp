#include <algorithm>
#include <cstdio>
#include <vector>

#include "cbsim/experiment/settings_table.hpp"
#include "columns.hpp"
#include "compare_formats.hpp"

namespace cbsim::app {
namespace {

using Row = std::vector<std::string>;

std::string rounded(const std::optional<double>& value) {
  if (!value) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", *value);
  return text;
}

std::string interval(const Estimate& estimate) {
  return estimate.low ? '[' + rounded(estimate.low) + ", " + rounded(estimate.high) + ']' : "";
}

/// What was swept of the policy itself.
std::string own_settings(const Comparison& comparison, const ComparedEnvironment& world,
                         const ComparedSetting& setting) {
  Row values = setting.swept_values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!world.swept_values[i].empty()) values[i].clear();
  }
  return settings_text(comparison.swept_paths, values, setting.policy);
}

Row row_of(const Comparison& comparison, const ComparedEnvironment& world,
           const ComparedSetting& setting, bool several_settings, const std::string& baseline) {
  Row row = {setting.policy,
             own_settings(comparison, world, setting),
             several_settings && setting.best && setting.has_rivals ? "*" : "",
             std::to_string(setting.estimate.n),
             rounded(setting.estimate.mean),
             rounded(setting.estimate.standard_error),
             interval(setting.estimate),
             rounded(setting.median)};
  if (baseline.empty()) return row;
  Row paired(5);
  if (const auto& difference = setting.difference) {
    const Estimate& estimate = difference->estimate;
    paired = {std::to_string(estimate.n), rounded(estimate.mean), interval(estimate),
              std::to_string(difference->wins), std::to_string(difference->ties)};
  }
  row.insert(row.end(), paired.begin(), paired.end());
  return row;
}

/// Pads the columns from `first` on to the left.
void align_right(Row& header, std::vector<Row>& rows, std::size_t first) {
  for (std::size_t c = first; c < header.size(); ++c) {
    std::size_t widest = width(header[c]);
    for (const Row& row : rows) widest = std::max(widest, width(row[c]));
    const auto align = [&](std::string& text) {
      text.insert(0, std::string(widest - width(text), ' '));
    };
    align(header[c]);
    for (Row& row : rows) {
      if (!row[c].empty()) align(row[c]);
    }
  }
}

}  // namespace

std::string comparison_table(const Comparison& comparison, const std::string& baseline) {
  std::string text;
  for (const ComparedEnvironment& world : comparison.environments) {
    Row header = {"policy", "setting", "best", "n", "mean", "se", "95 % CI", "median"};
    if (!baseline.empty()) {
      const Row more = {"pairs", "minus " + baseline, "95 % CI", "wins", "ties"};
      header.insert(header.end(), more.begin(), more.end());
    }
    const bool several = std::ranges::any_of(
        world.settings, [](const ComparedSetting& setting) { return !setting.best; });
    std::vector<Row> rows;
    for (const ComparedSetting& setting : world.settings) {
      rows.push_back(row_of(comparison, world, setting, several, baseline));
    }
    align_right(header, rows, 3);
    const std::string place = settings_text(comparison.swept_paths, world.swept_values, "");
    text += (text.empty() ? "" : "\n") + world.environment +
            (place.empty() ? "" : " (" + place + ")") + ": " +
            std::string(metric_name(world.metric)) + " at the end, " +
            (lower_is_better(world.metric) ? "lower" : "higher") + " is better\n" +
            text_table(header, rows);
  }
  return text;
}

}  // namespace cbsim::app
