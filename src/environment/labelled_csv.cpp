#include "cbsim/environment/labelled_csv.hpp"

#include <algorithm>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/categories.hpp"
#include "cbsim/environment/csv_columns.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

/// A value that decided something about its column, for messages.
struct Evidence {
  std::string value;
  std::size_t line = 0;  ///< 0: none
};

/// What the first pass learns of a column, and the categories that the second one finds.
struct Column : CsvColumn {
  explicit Column(CsvColumn column) : CsvColumn(std::move(column)) {}

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
    for (CsvColumn& column : read_columns(reader_, options_)) {
      columns_.emplace_back(std::move(column));
    }
    first_line_ = reader_.line();
    scan();
    decide_types();
    return store();
  }

 private:
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
