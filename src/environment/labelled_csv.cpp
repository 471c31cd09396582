#include "cbsim/environment/labelled_csv.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/categories.hpp"
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

/// A value that decided something about its column, for messages.
struct Evidence {
  std::string value;
  std::size_t line = 0;  ///< 0: none
};

/// What the first pass learns of a column, and the categories that the second one finds.
struct Column {
  std::string name;  ///< as messages name it
  bool used = true;  ///< false for the ignored ones
  bool label = false;
  bool categorical = false;
  Evidence first_text, first_unusable;
  std::size_t texts = 0, numbers = 0;
  double sum = 0.0;  ///< of the numbers
  Categories categories;

  double mean() const { return sum / static_cast<double>(numbers); }
};

/// Reads a file in two passes over its text: the first one finds the types of the columns, so that
/// the second one can store a value in 8 bytes and keep no text.
class Parser {
 public:
  Parser(std::string_view path, std::string_view content, const LabelledCsvOptions& options)
      : reader_(path, content, options.delimiter), path_(path), options_(options) {}

  LabelledData parse() {
    read_header();
    assign_roles();
    scan();
    decide_types();
    return store();
  }

 private:
  void read_header();
  void check_header(std::span<const std::string_view> names) const;
  void assign_roles();
  std::size_t find_column(std::string_view setting, const std::string& name) const;
  std::size_t find_column(std::string_view setting, Index position) const;
  std::string known_columns() const;

  void scan();
  void scan_field(Column& column, std::string_view text);
  void decide_types();

  LabelledData store();
  std::int32_t label_code(Column& column, std::string_view text) const;
  double feature_value(Column& column, std::string_view text) const;

  /// The next row of data; false at the end. The header, if any, is skipped.
  bool next_row();
  bool is_missing(std::string_view text) const {
    return std::ranges::find(options_.missing, text) != options_.missing.end();
  }

  CsvReader reader_;
  std::string_view path_;
  const LabelledCsvOptions& options_;
  std::vector<Column> columns_;
  std::size_t first_line_ = 0;  ///< of the header, or else of the first row
  std::size_t first_row_ = 0;   ///< line of the first row of data
  std::size_t rows_ = 0;
};

void Parser::read_header() {
  if (!reader_.next()) throw InputError(std::string(path_) + ": the file is empty");
  first_line_ = reader_.line();
  const auto fields = reader_.fields();
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

void Parser::check_header(std::span<const std::string_view> names) const {
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

void Parser::assign_roles() {
  const std::size_t label =
      std::visit([&](const auto& column) { return find_column("label", column); }, options_.label);
  columns_[label].label = columns_[label].categorical = true;
  for (const std::string& name : options_.categorical) {
    columns_[find_column("categorical", name)].categorical = true;
  }
  for (const std::string& name : options_.ignore) {
    Column& column = columns_[find_column("ignore", name)];
    if (column.label) {
      throw InputError(std::string(path_) + ": \"ignore\" names the label, the column " +
                       in_quotes(column.name) + "; take it out or choose another \"label\"");
    }
    column.used = false;
  }
  if (std::ranges::count(columns_, true, &Column::used) < 2) {
    throw InputError(std::string(path_) + ": \"ignore\" leaves no column besides the label");
  }
}

std::size_t Parser::find_column(std::string_view setting, const std::string& name) const {
  if (options_.header) {
    const auto found = std::ranges::find(columns_, name, &Column::name);
    if (found != columns_.end()) {
      if (std::ranges::count(columns_, name, &Column::name) > 1) {
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

std::size_t Parser::find_column(std::string_view setting, Index position) const {
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

std::string Parser::known_columns() const {
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

bool Parser::next_row() {
  if (!reader_.next()) return false;
  return !options_.header || reader_.line() != first_line_ || reader_.next();
}

void Parser::scan() {
  reader_.rewind();
  while (next_row()) {
    const auto fields = reader_.fields();
    if (fields.size() != columns_.size()) {
      fail_at_line(path_, reader_.line(),
                   std::to_string(fields.size()) + " fields, but " +
                       std::to_string(columns_.size()) + " on line " + std::to_string(first_line_) +
                       "; every row needs the same number");
    }
    if (rows_++ == 0) first_row_ = reader_.line();
    for (std::size_t i = 0; i < fields.size(); ++i) scan_field(columns_[i], fields[i]);
  }
  if (rows_ == 0) {
    fail_at_line(path_, first_line_,
                 "a header but no rows; if it is data, set \"header\" to false");
  }
}

void Parser::scan_field(Column& column, std::string_view text) {
  if (!column.used || column.categorical || is_missing(text)) return;
  const Field field = parse_field(text);
  if (field.kind == FieldKind::number) {
    ++column.numbers;
    column.sum += field.value;
  } else if (field.kind == FieldKind::unusable) {
    if (column.first_unusable.line == 0) column.first_unusable = {in_quotes(text), reader_.line()};
  } else {
    if (column.texts++ == 0) column.first_text = {std::string(text), reader_.line()};
  }
}

void Parser::decide_types() {
  for (Column& column : columns_) {
    if (!column.used || column.categorical) continue;
    const std::string name = "column " + in_quotes(column.name);
    if (column.texts == 0) {
      if (column.first_unusable.line != 0) {
        fail_at_line(path_, column.first_unusable.line,
                     name + ": " + column.first_unusable.value +
                         " is not a finite number of at most 1e150 in magnitude; correct it, or "
                         "add it to \"missing\"");
      }
      if (column.numbers == 0) {
        throw InputError(std::string(path_) + ": " + name +
                         " has no value in any row; add it to \"ignore\"");
      }
      continue;
    }
    const auto& [value, line] = column.first_text;
    if (!options_.header && column.texts == 1 && line == first_row_ && column.numbers > 0) {
      fail_at_line(path_, line,
                   name + " holds " + in_quotes(value) +
                       " here and numbers below; if this line is a header, set \"header\" to true, "
                       "else add the column to \"categorical\"");
    }
    std::string with_point = value;
    std::ranges::replace(with_point, ',', '.');
    if (with_point != value && parse_field(with_point).kind == FieldKind::number) {
      fail_at_line(path_, line,
                   name + ": " + in_quotes(value) +
                       " has a decimal comma; write numbers with a point, or add the column to "
                       "\"categorical\"");
    }
    column.categorical = true;
  }
}

LabelledData Parser::store() {
  LabelledData data;
  const auto used = static_cast<std::size_t>(std::ranges::count(columns_, true, &Column::used));
  data.labels.reserve(rows_);
  data.values.reserve(rows_ * (used - 1));
  reader_.rewind();
  while (next_row()) {
    const auto fields = reader_.fields();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      Column& column = columns_[i];
      if (!column.used) continue;
      if (column.label) {
        data.labels.push_back(label_code(column, fields[i]));
      } else {
        data.values.push_back(feature_value(column, fields[i]));
      }
    }
  }

  // Put classes and categories in their order.
  for (const Column& column : columns_) {
    if (!column.used) continue;
    Categories::Order order = column.categories.order();
    if (column.label) {
      if (order.names.size() < 2) {
        throw InputError(std::string(path_) + ": column " + in_quotes(column.name) +
                         ": every label is " + in_quotes(order.names[0]) +
                         "; a bandit needs at least two classes, so check the setting \"label\"");
      }
      for (auto& label : data.labels) label = order.rank[static_cast<std::size_t>(label)];
      data.classes = std::move(order.names);
      continue;
    }
    if (column.categorical) {
      for (std::size_t at = data.columns.size(); at < data.values.size(); at += used - 1) {
        data.values[at] = order.rank[static_cast<std::size_t>(data.values[at])];
      }
    }
    data.columns.push_back({column.name, std::move(order.names)});
  }
  return data;
}

std::int32_t Parser::label_code(Column& column, std::string_view text) const {
  if (is_missing(text)) {
    fail_at_line(path_, reader_.line(),
                 "column " + in_quotes(column.name) + ": the label is missing (" + in_quotes(text) +
                     "); remove the row, or change \"missing\"");
  }
  const std::int32_t code = column.categories.code(text);
  if (code == Categories::kTooMany) {
    fail_at_line(path_, reader_.line(),
                 "column " + in_quotes(column.name) + " has more than " +
                     std::to_string(kMostCategories) +
                     " classes; it is the label, so check the setting \"label\"");
  }
  return code;
}

double Parser::feature_value(Column& column, std::string_view text) const {
  if (!column.categorical) return is_missing(text) ? column.mean() : parse_field(text).value;
  if (is_missing(text)) return column.categories.missing();
  const std::int32_t code = column.categories.code(text);
  if (code != Categories::kTooMany) return code;
  std::string message = "column " + in_quotes(column.name) + " has more than " +
                        std::to_string(kMostCategories) + " categories; add it to \"ignore\"";
  if (column.first_text.line != 0) {
    message += ", or, if it should be numeric, correct " + in_quotes(column.first_text.value) +
               " on line " + std::to_string(column.first_text.line) + " or add that to \"missing\"";
  }
  fail_at_line(path_, reader_.line(), message);
}

}  // namespace

LabelledData read_labelled_csv(std::string_view path, std::string_view content,
                               const LabelledCsvOptions& options) {
  return Parser(path, content, options).parse();
}

}  // namespace cbsim
