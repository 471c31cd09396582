#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/experiment/files.hpp"

namespace cbsim {

/// Throws RunError naming `what` when the value is not finite.
void require_finite(double value, std::string_view what);

/// The shortest decimal text that reads back as the same double (std::to_chars).
/// Throws like `require_finite`.
std::string number_text(double value, std::string_view what);

/// A field by RFC 4180: in quotes, with quotes doubled, where it holds a comma, a quote or a line
/// end; as it is otherwise.
std::string csv_field(std::string_view text);

/// Streams a CSV: header, comma, LF. Fields come in the order of the columns.
class CsvWriter {
 public:
  CsvWriter(const std::filesystem::path& path, std::span<const std::string> columns);

  CsvWriter& text(std::string_view value);
  CsvWriter& integer(Index value);
  /// Throws RunError naming the column when the value is not finite.
  CsvWriter& number(double value);
  CsvWriter& number(const std::optional<double>& value);  ///< absent: an empty field
  CsvWriter& empty();
  /// Fields that already are CSV, commas between them included.
  CsvWriter& raw(std::string_view fields);
  void end_row();

  void finish() { file_.finish(); }
  /// Saves or restores the rows that are written; restoring wants a file of no rows.
  void state(StateArchive& archive);
  OutputFile& file() { return file_; }

 private:
  void separate();

  std::vector<std::string> columns_;
  std::size_t column_ = 0;
  std::string row_;
  OutputFile file_;
  std::size_t header_ = 0;  ///< bytes
};

}  // namespace cbsim
