#include "cbsim/environment/named_columns.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

/// k of a column named "xk", k >= 1 in canonical digits; 0 of any other name.
std::size_t coordinate(std::string_view name) {
  std::size_t k = 0;
  if (!name.starts_with('x')) return 0;
  const auto [rest, error] = std::from_chars(name.data() + 1, name.data() + name.size(), k);
  return error == std::errc() && name.substr(1) == std::to_string(k) ? k : 0;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

NamedColumns::NamedColumns(CsvReader& reader, std::vector<std::string_view> required,
                           std::vector<std::string_view> optional)
    : reader_(reader), required_(std::move(required)), optional_(std::move(optional)) {
  if (!reader_.next()) throw InputError(std::string(reader_.path()) + ": the file is empty");
  header_line_ = reader_.line();
  for (const std::string_view name : reader_.fields()) {
    if (coordinate(name) == 0 && !contains(required_, name) && !contains(optional_, name)) {
      fail_at_header("the column " + in_quotes(name) + " is none of " + known() +
                     "; remove or rename it");
    }
    if (has(name)) fail_at_header("two columns are named " + in_quotes(name));
    places_.emplace(name, names_.size());
    names_.emplace_back(name);
  }
  for (const std::string_view name : required_) {
    if (!has(name)) {
      fail_at_header("the column " + in_quotes(name) + " is missing; expected " + known());
    }
  }
  find_coordinates();
}

void NamedColumns::find_coordinates() {
  const auto count = static_cast<std::size_t>(
      std::ranges::count_if(names_, [](const std::string& name) { return coordinate(name) > 0; }));
  for (std::size_t k = 1; k <= std::max<std::size_t>(count, 1); ++k) {
    const std::string name = std::string("x").append(std::to_string(k));
    const auto column = find(name);
    if (!column) {
      fail_at_header("the column '" + name + "' is missing; expected " + known() +
                     ", contexts without a gap");
    }
    x_.push_back(*column);
  }
}

std::optional<std::size_t> NamedColumns::find(std::string_view column) const {
  const auto found = places_.find(column);
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

std::string NamedColumns::known() const {
  std::string text = "x1, x2, ...";
  for (const std::string_view name : required_) text += ", " + std::string(name);
  for (const std::string_view name : optional_) text += ", and if known " + std::string(name);
  return text;
}

bool NamedColumns::next() {
  if (!reader_.next()) return false;
  if (reader_.fields().size() != names_.size()) {
    fail_at_line(reader_.path(), reader_.line(),
                 std::to_string(reader_.fields().size()) + " fields, but the header has " +
                     std::to_string(names_.size()));
  }
  return true;
}

double NamedColumns::number(std::size_t column) const {
  const Field field = parse_field(reader_.fields()[column]);
  if (field.kind != FieldKind::number) {
    fail(column, "is not a finite number of at most 1e150 in magnitude");
  }
  return field.value;
}

Index NamedColumns::count(std::string_view column) const {
  const double value = number(column);
  if (value < 0.0 || value > 1e15 || value != std::floor(value)) {
    fail(column, "is not a count (0, 1, 2, ...)");
  }
  return static_cast<Index>(value);
}

void NamedColumns::append_context(std::vector<double>& out) const {
  for (const std::size_t column : x_) out.push_back(number(column));
}

void NamedColumns::fail(std::size_t column, const std::string& rule) const {
  fail_at_line(reader_.path(), reader_.line(),
               "column " + in_quotes(names_[column]) + ": " + in_quotes(reader_.fields()[column]) +
                   ' ' + rule);
}

void NamedColumns::fail_at_header(const std::string& message) const {
  fail_at_line(reader_.path(), header_line_, message);
}

}  // namespace cbsim
