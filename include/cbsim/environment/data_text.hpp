#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cbsim {

/// Larger magnitudes in data are errors: their squares would overflow.
constexpr double kLargestNumber = 1e150;

/// How a field of a data file reads.
enum class FieldKind {
  number,    ///< finite, at most kLargestNumber in magnitude
  unusable,  ///< a number all the same: "inf", "nan", "1e400"
  text
};

struct Field {
  FieldKind kind = FieldKind::text;
  double value = 0.0;  ///< of a number
};

/// Reads a decimal number, independently of the locale. The whole of `text` must be the number; a
/// leading '+' is accepted.
Field parse_field(std::string_view text);

/// `text` between single quotes for a message: control characters replaced, cut when long.
std::string in_quotes(std::string_view text);
/// The same of each of a list, "'a', 'b'"; of a long one the beginning.
std::string in_quotes(const std::vector<std::string>& texts);

/// Throws InputError "path:line: message"; lines count from 1.
[[noreturn]] void fail_at_line(std::string_view path, std::size_t line, const std::string& message);

/// Throws InputError "path: byte N: message"; bytes count from 0.
[[noreturn]] void fail_at_byte(std::string_view path, std::size_t byte, const std::string& message);

/// `content` without the byte order mark that may begin a UTF-8 text.
std::string_view without_byte_order_mark(std::string_view content);

/// Removes and returns the first line, which ends before LF or the end of the text.
std::string_view take_line(std::string_view& text);

/// Throws InputError naming the line unless `content` is UTF-8 text without NUL bytes.
void check_is_text(std::string_view path, std::string_view content);

}  // namespace cbsim
