#include "cbsim/environment/labelled_table.hpp"

#include <algorithm>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

std::string name_of(const LabelledColumn& column) { return "column " + in_quotes(column.name); }

}  // namespace

LabelledTable::LabelledTable(std::string_view path, std::vector<Column> columns,
                             const std::vector<std::string>& missing, std::size_t rows)
    : path_(path),
      columns_(std::move(columns)),
      states_(columns_.size()),
      missing_(missing.begin(), missing.end()),
      features_(static_cast<std::size_t>(std::ranges::count_if(
          columns_, [](const Column& column) { return column.used && !column.label; }))) {
  data_.labels.reserve(rows);
  data_.values.reserve(rows * features_);
}

void LabelledTable::add(std::size_t line, std::span<const std::string_view> fields) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].used) continue;
    if (columns_[i].label) {
      data_.labels.push_back(label_code(i, fields[i], line));
    } else {
      data_.values.push_back(feature_value(i, fields[i], line));
    }
  }
}

bool LabelledTable::is_missing(std::string_view text) const { return missing_.contains(text); }

std::int32_t LabelledTable::label_code(std::size_t column, std::string_view text,
                                       std::size_t line) {
  if (is_missing(text)) {
    fail_at_line(path_, line,
                 name_of(columns_[column]) + ": the label is missing (" + in_quotes(text) +
                     "); remove the row, or change \"missing\"");
  }
  const std::int32_t code = states_[column].categories.code(text);
  if (code == Categories::kTooMany) {
    fail_at_line(path_, line,
                 name_of(columns_[column]) + " has more than " + std::to_string(kMostCategories) +
                     " classes; it is the label, so check the setting \"label\"");
  }
  return code;
}

double LabelledTable::feature_value(std::size_t column, std::string_view text, std::size_t line) {
  const Column& description = columns_[column];
  State& state = states_[column];
  if (!description.categorical) {
    if (is_missing(text)) {
      state.missing_rows.push_back(data_.values.size() / features_);
      return 0.0;
    }
    const double value = parse_field(text).value;
    state.sum += value;
    ++state.numbers;
    return value;
  }
  if (is_missing(text)) return state.categories.missing();
  const std::int32_t code = state.categories.code(text);
  if (code != Categories::kTooMany) return code;
  std::string message = name_of(description) + " has more than " + std::to_string(kMostCategories) +
                        " categories; add it to \"ignore\"";
  if (description.first_text_line != 0) {
    message += ", or, if it should be numeric, correct " + in_quotes(description.first_text) +
               " on line " + std::to_string(description.first_text_line) +
               " or add that to \"missing\"";
  }
  fail_at_line(path_, line, message);
}

LabelledData LabelledTable::finish() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].used) continue;
    if (columns_[i].label) {
      finish_label(i);
    } else {
      finish_feature(i);
    }
  }
  return std::move(data_);
}

void LabelledTable::finish_label(std::size_t column) {
  Categories::Order order = states_[column].categories.order();
  if (order.names.size() < 2) {
    throw InputError(std::string(path_) + ": " + name_of(columns_[column]) + ": every label is " +
                     in_quotes(order.names[0]) +
                     "; a bandit needs at least two classes, so check the setting \"label\"");
  }
  for (auto& label : data_.labels) label = order.rank[static_cast<std::size_t>(label)];
  data_.classes = std::move(order.names);
}

void LabelledTable::finish_feature(std::size_t column) {
  const State& state = states_[column];
  const std::size_t at = data_.columns.size();
  if (!columns_[column].categorical) {
    if (state.numbers == 0) {
      throw InputError(std::string(path_) + ": " + name_of(columns_[column]) +
                       " has no value in any row; add it to \"ignore\"");
    }
    const double mean = state.sum / static_cast<double>(state.numbers);
    for (const std::size_t row : state.missing_rows) data_.values[row * features_ + at] = mean;
    data_.columns.push_back({columns_[column].name, {}});
    return;
  }
  Categories::Order order = state.categories.order();
  for (std::size_t i = at; i < data_.values.size(); i += features_) {
    data_.values[i] = order.rank[static_cast<std::size_t>(data_.values[i])];
  }
  data_.columns.push_back({columns_[column].name, std::move(order.names)});
}

}  // namespace cbsim
