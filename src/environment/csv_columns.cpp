#include "cbsim/environment/csv_columns.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

constexpr std::size_t kMostColumns = 100000;

std::optional<Index> parse_position(std::string_view text) {
  Index position = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return position;
}

/// The first row, and the roles that the settings give to its fields.
class Header {
 public:
  Header(std::string_view path, std::size_t line, const LabelledCsvOptions& options)
      : path_(path), first_line_(line), options_(options) {}

  void name_columns(std::span<const std::string_view> fields);
  void assign_roles();
  std::vector<CsvColumn> take() { return std::move(columns_); }

 private:
  void check_header(std::span<const std::string_view> names) const;
  std::size_t find_column(std::string_view setting, const std::string& name) const;
  std::size_t find_column(std::string_view setting, Index position) const;
  std::string known_columns() const;

  std::string_view path_;
  std::size_t first_line_;
  const LabelledCsvOptions& options_;
  std::vector<CsvColumn> columns_;
};

void Header::name_columns(std::span<const std::string_view> fields) {
  if (fields.size() < 2) {
    fail_at_line(path_, first_line_,
                 "only one column, " + in_quotes(fields[0]) +
                     "; a label and a feature are needed, so check the setting \"delimiter\"");
  }
  if (fields.size() > kMostColumns) {
    fail_at_line(path_, first_line_,
                 std::to_string(fields.size()) + " columns, more than " +
                     std::to_string(kMostColumns) + "; check the setting \"delimiter\"");
  }
  if (options_.header) check_header(fields);
  columns_.resize(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    columns_[i].name =
        options_.header && !fields[i].empty() ? std::string(fields[i]) : std::to_string(i);
  }
}

void Header::check_header(std::span<const std::string_view> names) const {
  // A table of numbers names its columns 0, 1, 2, ...; other numbers are the first row of data.
  bool numbers = true, counted = true;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (parse_field(names[i]).kind == FieldKind::text) numbers = false;
    if (names[i] != std::to_string(i)) counted = false;
  }
  if (numbers && !counted) {
    fail_at_line(path_, first_line_,
                 "the header holds only numbers, from " + in_quotes(names[0]) +
                     " on; if the file has no header, set \"header\" to false");
  }
}

void Header::assign_roles() {
  const std::size_t label =
      std::visit([&](const auto& column) { return find_column("label", column); }, options_.label);
  columns_[label].label = columns_[label].categorical = true;
  for (const std::string& name : options_.categorical) {
    columns_[find_column("categorical", name)].categorical = true;
  }
  for (const std::string& name : options_.ignore) {
    CsvColumn& column = columns_[find_column("ignore", name)];
    if (column.label) {
      throw InputError(std::string(path_) + ": \"ignore\" names the label, the column " +
                       in_quotes(column.name) + "; take it out or choose another \"label\"");
    }
    column.used = false;
  }
  if (std::ranges::count(columns_, true, &CsvColumn::used) < 2) {
    throw InputError(std::string(path_) + ": \"ignore\" leaves no column besides the label");
  }
}

std::size_t Header::find_column(std::string_view setting, const std::string& name) const {
  if (options_.header) {
    const auto found = std::ranges::find(columns_, name, &CsvColumn::name);
    if (found != columns_.end()) {
      if (std::ranges::count(columns_, name, &CsvColumn::name) > 1) {
        fail_at_line(path_, first_line_,
                     "\"" + std::string(setting) + "\" names the column " + in_quotes(name) +
                         ", but several have that name; give its position instead");
      }
      return static_cast<std::size_t>(found - columns_.begin());
    }
  }
  if (const auto position = parse_position(name)) return find_column(setting, *position);
  fail_at_line(path_, first_line_,
               "\"" + std::string(setting) + "\" names the column " + in_quotes(name) + ", but " +
                   known_columns());
}

std::size_t Header::find_column(std::string_view setting, Index position) const {
  const auto count = static_cast<Index>(columns_.size());
  const Index index = position < 0 ? count + position : position;
  if (position < -count || index >= count) {
    fail_at_line(path_, first_line_,
                 "\"" + std::string(setting) + "\" is the position " + std::to_string(position) +
                     ", but there are " + std::to_string(count) +
                     " columns: positions count from 0, or from -1 at the end");
  }
  return static_cast<std::size_t>(index);
}

std::string Header::known_columns() const {
  if (!options_.header) {
    return "\"header\" is false: give the column's position, counted from 0, or from -1 at the end";
  }
  constexpr std::size_t kMostShown = 20;
  std::string text = "the columns are ";
  for (std::size_t i = 0; i < std::min(columns_.size(), kMostShown); ++i) {
    text += (i > 0 ? ", " : "") + in_quotes(columns_[i].name);
  }
  return text + (columns_.size() > kMostShown ? ", ..." : "");
}

}  // namespace

std::vector<CsvColumn> read_columns(CsvReader& reader, const LabelledCsvOptions& options) {
  if (!reader.next()) throw InputError(std::string(reader.path()) + ": the file is empty");
  Header header(reader.path(), reader.line(), options);
  header.name_columns(reader.fields());
  header.assign_roles();
  return header.take();
}

}  // namespace cbsim
