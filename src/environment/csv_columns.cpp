#include "cbsim/environment/csv_columns.hpp"

#include <span>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

void check_header(const CsvReader& reader) {
  // A table of numbers names its columns 0, 1, 2, ...; other numbers are the first row of data.
  const auto names = reader.fields();
  bool numbers = true, counted = true;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (parse_field(names[i]).kind == FieldKind::text) numbers = false;
    if (names[i] != std::to_string(i)) counted = false;
  }
  if (numbers && !counted) {
    fail_at_line(reader.path(), reader.line(),
                 "the header holds only numbers, from " + in_quotes(names[0]) +
                     " on; if the file has no header, set \"header\" to false");
  }
}

std::vector<LabelledColumn> name_columns(const CsvReader& reader, bool header) {
  const auto fields = reader.fields();
  if (fields.size() < 2) {
    fail_at_line(reader.path(), reader.line(),
                 "only one column, " + in_quotes(fields[0]) +
                     "; a label and a feature are needed, so check the setting \"delimiter\"");
  }
  if (fields.size() > kMostColumns) {
    fail_at_line(reader.path(), reader.line(),
                 std::to_string(fields.size()) + " columns, more than " +
                     std::to_string(kMostColumns) + "; check the setting \"delimiter\"");
  }
  if (header) check_header(reader);
  std::vector<LabelledColumn> columns(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    columns[i].name = header && !fields[i].empty() ? std::string(fields[i]) : std::to_string(i);
  }
  return columns;
}

}  // namespace

std::vector<LabelledColumn> read_columns(CsvReader& reader, const ColumnRoles& roles, bool header) {
  if (!reader.next()) throw InputError(std::string(reader.path()) + ": the file is empty");
  auto columns = name_columns(reader, header);
  assign_roles(reader.path(), reader.line(), roles, header, columns);
  return columns;
}

}  // namespace cbsim
