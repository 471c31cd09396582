#include "compare_formats.hpp"

#include <functional>
#include <utility>
#include <vector>

#include "cbsim/core/text.hpp"
#include "cbsim/experiment/csv.hpp"
#include "cbsim/experiment/json_tree.hpp"

namespace cbsim::app {
namespace {

enum class Kind { text, swept, literal };  // literal: a number, or true or false

struct Column {
  std::string name;
  Kind kind;
  std::string value;  ///< empty: absent
};

std::string number(const std::optional<double>& value) { return value ? shortest(*value) : ""; }

/// All formats print these.
std::vector<Column> columns_of(const Comparison& comparison, const ComparedEnvironment& world,
                               const ComparedSetting& setting, const std::string& baseline) {
  std::vector<Column> columns = {{"experiment", Kind::text, world.experiment},
                                 {"environment", Kind::text, world.environment},
                                 {"policy", Kind::text, setting.policy}};
  for (std::size_t i = 0; i < comparison.swept_paths.size(); ++i) {
    columns.push_back({comparison.swept_paths[i], Kind::swept, setting.swept_values[i]});
  }
  const auto literal = [&](std::string name, std::string value) {
    columns.push_back({std::move(name), Kind::literal, std::move(value)});
  };
  const auto interval = [&](const std::string& prefix, const Estimate& estimate) {
    literal(prefix + "se", number(estimate.standard_error));
    literal(prefix + "ci_low", number(estimate.low));
    literal(prefix + "ci_high", number(estimate.high));
  };
  columns.push_back({"metric", Kind::text, std::string(metric_name(world.metric))});
  literal("n", std::to_string(setting.estimate.n));
  literal("mean", number(setting.estimate.mean));
  interval("", setting.estimate);
  literal("median", number(setting.median));
  literal("best", setting.best ? "true" : "false");
  if (baseline.empty()) return columns;

  const auto& paired = setting.difference;
  const auto count = [&](std::size_t value) { return paired ? std::to_string(value) : ""; };
  const PairedDifference difference = paired.value_or(PairedDifference{});
  columns.push_back({"baseline", Kind::text, baseline});
  literal("pairs", count(difference.estimate.n));
  literal("difference", number(difference.estimate.mean));
  interval("difference_", difference.estimate);
  literal("wins", count(difference.wins));
  literal("ties", count(difference.ties));
  return columns;
}

using LineWriter = std::function<std::string(const std::vector<Column>&)>;

/// The lines of all settings, before them what `header` makes of the columns.
std::string lines(const Comparison& comparison, const std::string& baseline,
                  const LineWriter& header, const LineWriter& line) {
  std::string text;
  for (const ComparedEnvironment& world : comparison.environments) {
    for (const ComparedSetting& setting : world.settings) {
      const auto columns = columns_of(comparison, world, setting, baseline);
      if (text.empty()) text = header(columns);
      text += line(columns);
    }
  }
  return text;
}

std::string csv_line(const std::vector<Column>& columns, std::string Column::*field) {
  std::string line;
  for (const Column& column : columns) {
    if (&column != &columns.front()) line += ',';
    line += csv_field(column.*field);
  }
  return line + '\n';
}

std::string markdown_line(const std::vector<Column>& columns, std::string Column::*field) {
  std::string line = "|";
  for (const Column& column : columns) {
    line += ' ';
    for (const char c : column.*field) {
      if (c == '|') line += '\\';
      line += c == '\n' ? ' ' : c;
    }
    line += " |";
  }
  return line + '\n';
}

std::string markdown_rule(const std::vector<Column>& columns) {
  std::string line = "|";
  for (const Column& column : columns) line += column.kind == Kind::literal ? " ---: |" : " --- |";
  return line + '\n';
}

/// Swept values stand in an object of their own, as a path may have the name of a column.
std::string json_line(const std::vector<Column>& columns) {
  std::string line, swept;
  for (const Column& column : columns) {
    const bool is_literal = column.kind == Kind::literal;
    const std::string value = is_literal ? column.value : json_quoted(column.value);
    const std::string member = json_quoted(column.name) + ": " + (value.empty() ? "null" : value);
    if (column.kind != Kind::swept) {
      if (column.name == "metric") line += ", \"settings\": {" + swept + '}';
      line += (line.empty() ? "" : ", ") + member;
    } else if (!column.value.empty()) {
      swept += (swept.empty() ? "" : ", ") + member;
    }
  }
  return "  {" + line + '}';
}

}  // namespace

std::string comparison_csv(const Comparison& comparison, const std::string& baseline) {
  return lines(
      comparison, baseline, [](const auto& columns) { return csv_line(columns, &Column::name); },
      [](const auto& columns) { return csv_line(columns, &Column::value); });
}

std::string comparison_markdown(const Comparison& comparison, const std::string& baseline) {
  return lines(
      comparison, baseline,
      [](const auto& columns) {
        return markdown_line(columns, &Column::name) + markdown_rule(columns);
      },
      [](const auto& columns) { return markdown_line(columns, &Column::value); });
}

std::string comparison_json(const Comparison& comparison, const std::string& baseline) {
  bool first = true;
  const std::string objects = lines(
      comparison, baseline, [](const auto&) { return ""; },
      [&](const auto& columns) {
        const bool is_first = std::exchange(first, false);
        return (is_first ? "" : ",\n") + json_line(columns);
      });
  return "[\n" + objects + "\n]\n";
}

}  // namespace cbsim::app
