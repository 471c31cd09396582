#include "cbsim/environment/column_roles.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

std::string setting_name(std::string_view setting) { return '"' + std::string(setting) + '"'; }

/// Finds the columns that settings name.
class Finder {
 public:
  Finder(std::string_view path, std::size_t line, bool named,
         const std::vector<LabelledColumn>& columns)
      : path_(path), line_(line), named_(named), columns_(columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) places_[columns[i].name].push_back(i);
  }

  std::size_t find(std::string_view setting, const std::string& name) const;
  std::size_t find(std::string_view setting, Index position) const;

 private:
  std::string known_columns() const;

  std::string_view path_;
  std::size_t line_;
  bool named_;
  const std::vector<LabelledColumn>& columns_;
  std::map<std::string_view, std::vector<std::size_t>> places_;  ///< of a name
};

std::size_t Finder::find(std::string_view setting, const std::string& name) const {
  if (named_) {
    const auto found = places_.find(name);
    if (found != places_.end()) {
      if (found->second.size() > 1) {
        fail_at_line(path_, line_,
                     setting_name(setting) + " names the column " + in_quotes(name) +
                         ", but several have that name; give its position instead");
      }
      return found->second.front();
    }
  }
  if (const auto position = parsed<Index>(name)) return find(setting, *position);
  fail_at_line(
      path_, line_,
      setting_name(setting) + " names the column " + in_quotes(name) + ", but " + known_columns());
}

std::size_t Finder::find(std::string_view setting, Index position) const {
  const auto count = static_cast<Index>(columns_.size());
  const Index index = position < 0 ? count + position : position;
  if (position < -count || index >= count) {
    fail_at_line(path_, line_,
                 setting_name(setting) + " is the position " + std::to_string(position) +
                     ", but there are " + std::to_string(count) +
                     " columns: positions count from 0, or from -1 at the end");
  }
  return static_cast<std::size_t>(index);
}

std::string Finder::known_columns() const {
  if (!named_) {
    return "\"header\" is false: give the column's position, counted from 0, or from -1 at the end";
  }
  std::vector<std::string> names;
  for (const LabelledColumn& column : columns_) names.push_back(column.name);
  return "the columns are " + in_quotes(names);
}

}  // namespace

void assign_roles(std::string_view path, std::size_t line, const ColumnRoles& roles, bool named,
                  std::vector<LabelledColumn>& columns) {
  const Finder finder(path, line, named, columns);
  const std::size_t label =
      std::visit([&](const auto& column) { return finder.find("label", column); }, roles.label);
  columns[label].label = columns[label].categorical = true;
  for (const std::string& name : roles.categorical) {
    columns[finder.find("categorical", name)].categorical = true;
  }
  for (const std::string& name : roles.ignore) {
    LabelledColumn& column = columns[finder.find("ignore", name)];
    if (column.label) {
      throw InputError(std::string(path) + ": \"ignore\" names the label, the column " +
                       in_quotes(column.name) + "; take it out or choose another \"label\"");
    }
    column.used = false;
  }
  if (std::ranges::count(columns, true, &LabelledColumn::used) < 2) {
    throw InputError(std::string(path) + ": \"ignore\" leaves no column besides the label");
  }
}

}  // namespace cbsim
