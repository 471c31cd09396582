#include "cbsim/experiment/csv.hpp"

#include <cmath>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {

void require_finite(double value, std::string_view what) {
  if (std::isfinite(value)) return;
  throw RunError(std::string(what) + " is not finite (" + shortest(value) + ")");
}

std::string number_text(double value, std::string_view what) {
  require_finite(value, what);
  return shortest(value);
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

CsvWriter::CsvWriter(const std::filesystem::path& path, std::span<const std::string> columns)
    : columns_(columns.begin(), columns.end()), file_(path) {
  for (const std::string& column : columns_) text(column);
  end_row();
  header_ = file_.size();
}

void CsvWriter::state(StateArchive& archive) {
  archive.growing_bytes(
      file_.path().filename().string(), static_cast<Index>(file_.size() - header_),
      [&](Index from, const StateArchive::Put& put) {
        put(file_.read_back(header_ + static_cast<std::size_t>(from)));
      },
      [&](std::string_view rows) { file_.write(rows); });
}

void CsvWriter::separate() {
  if (column_++ > 0) row_ += ',';
}

CsvWriter& CsvWriter::raw(std::string_view fields) {
  separate();
  row_ += fields;
  return *this;
}

CsvWriter& CsvWriter::text(std::string_view value) { return raw(csv_field(value)); }
CsvWriter& CsvWriter::integer(Index value) { return raw(std::to_string(value)); }
CsvWriter& CsvWriter::number(double value) { return raw(number_text(value, columns_[column_])); }
CsvWriter& CsvWriter::empty() { return raw({}); }

CsvWriter& CsvWriter::number(const std::optional<double>& value) {
  return value ? number(*value) : empty();
}

void CsvWriter::end_row() {
  row_ += '\n';
  file_.write(row_);
  row_.clear();
  column_ = 0;
}

}  // namespace cbsim
