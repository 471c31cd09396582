#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cbsim {

/// What separates the fields of a row; `space` is one or more blanks.
enum class Delimiter { comma, semicolon, tab, space };

/// Cuts a CSV text (RFC 4180) into rows, one at a time: fields quoted by '"' may hold delimiters,
/// line ends and doubled quotes; lines end in LF or CRLF; blanks around a field do not count; blank
/// lines and a byte order mark are skipped. Memory is that of the longest row.
class CsvReader {
 public:
  /// Both texts must outlive the reader. Throws InputError unless `content` is UTF-8 text.
  CsvReader(std::string_view path, std::string_view content, Delimiter delimiter);

  /// Reads the next row; false at the end. Throws InputError when a quote is not closed, when text
  /// touches a quoted field, or when a carriage return stands alone.
  bool next();

  /// Of the last row; valid until the next call of `next`.
  std::span<const std::string_view> fields() const { return fields_; }
  /// Where the last row begins; lines count from 1.
  std::size_t line() const { return row_line_; }
  std::string_view path() const { return path_; }

  /// Starts again before the first row.
  void rewind();

 private:
  bool at_end() const { return position_ == content_.size(); }
  bool at_line_end();
  bool at_delimiter() const;
  bool is_blank(char c) const;
  void skip_blanks();
  void end_line();
  void read_field();
  std::string_view read_quoted();
  std::string_view read_plain();

  std::string_view path_;
  std::string_view content_;
  char delimiter_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 0;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unescaped_;  ///< fields of this row that hold doubled quotes
};

}  // namespace cbsim
