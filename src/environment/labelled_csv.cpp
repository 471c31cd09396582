#include "cbsim/environment/labelled_csv.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/csv_columns.hpp"
#include "cbsim/environment/data_text.hpp"
#include "cbsim/environment/labelled_table.hpp"

namespace cbsim {
namespace {

/// What the first pass learns of a column.
struct Column : LabelledTable::Column {
  explicit Column(LabelledColumn column) : LabelledTable::Column(std::move(column)) {}

  std::string first_unusable = {};
  std::size_t first_unusable_line = 0;  ///< 0: none
  std::size_t texts = 0, numbers = 0;
};

/// Reads a file in two passes over its text: the first one finds the types of the columns, so that
/// the second one can store a value in 8 bytes and keep no text.
class CsvParser {
 public:
  CsvParser(std::string_view path, std::string_view content, const LabelledCsvOptions& options)
      : reader_(path, content, options.delimiter),
        path_(path),
        options_(options),
        missing_(options.missing.begin(), options.missing.end()) {}

  LabelledData parse() {
    for (LabelledColumn& column : read_columns(reader_, options_, options_.header)) {
      columns_.emplace_back(std::move(column));
    }
    first_line_ = reader_.line();
    scan();
    for (Column& column : columns_) decide_type(column);

    LabelledTable table(path_, {columns_.begin(), columns_.end()}, options_.missing, rows_);
    reader_.rewind();
    while (next_row()) table.add(reader_.line(), reader_.fields());
    return table.finish();
  }

 private:
  void scan();
  void scan_field(Column& column, std::string_view text);
  void decide_type(Column& column) const;

  /// The next row of data; false at the end. The header, if any, is skipped.
  bool next_row();
  bool is_missing(std::string_view text) const { return missing_.contains(text); }

  CsvReader reader_;
  std::string_view path_;
  const LabelledCsvOptions& options_;
  std::set<std::string, std::less<>> missing_;
  std::vector<Column> columns_;
  std::size_t first_line_ = 0;  ///< of the header, or else of the first row
  std::size_t first_row_ = 0;   ///< line of the first row of data
  std::size_t rows_ = 0;
};

bool CsvParser::next_row() {
  if (!reader_.next()) return false;
  return !options_.header || reader_.line() != first_line_ || reader_.next();
}

void CsvParser::scan() {
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

void CsvParser::scan_field(Column& column, std::string_view text) {
  if (!column.used || column.categorical || is_missing(text)) return;
  const Field field = parse_field(text);
  if (field.kind == FieldKind::number) {
    ++column.numbers;
  } else if (field.kind == FieldKind::unusable) {
    if (column.first_unusable_line != 0) return;
    column.first_unusable = in_quotes(text);
    column.first_unusable_line = reader_.line();
  } else if (column.texts++ == 0) {
    column.first_text = text;
    column.first_text_line = reader_.line();
  }
}

void CsvParser::decide_type(Column& column) const {
  if (!column.used || column.categorical) return;
  const std::string name = "column " + in_quotes(column.name);
  if (column.texts == 0) {
    if (column.first_unusable_line == 0) return;
    fail_at_line(path_, column.first_unusable_line,
                 name + ": " + column.first_unusable +
                     " is not a finite number of at most 1e150 in magnitude; correct it, or add it "
                     "to \"missing\"");
  }
  const std::string& value = column.first_text;
  const std::size_t line = column.first_text_line;
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

}  // namespace

LabelledData read_labelled_csv(std::string_view path, std::string_view content,
                               const LabelledCsvOptions& options) {
  return CsvParser(path, content, options).parse();
}

}  // namespace cbsim
