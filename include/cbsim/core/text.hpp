#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace cbsim {

/// The shortest decimal text that reads back as `value`, independent of the locale.
std::string shortest(double value);

/// The same, but whole numbers up to 2^53 without an exponent: 1000000 rather than 1e+06.
std::string plain_number(double value);

/// The number that all of `text` is, as std::from_chars reads it; absent for any other text, and
/// beyond the range of the type.
template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number value{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc{} || end != last) return std::nullopt;
  return value;
}

/// The bytes of the UTF-8 sequence that `text` begins with, 1 to 4; 0 where it is malformed
/// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). `text` is not empty.
std::size_t utf8_length(std::string_view text);

/// Whether it is made of such sequences.
bool is_utf8(std::string_view text);

/// `text` with U+FFFD for each byte that belongs to no such sequence.
std::string valid_utf8(std::string_view text);

/// The longest beginning of at most `most` bytes that ends with a whole character of UTF-8.
std::string_view beginning(std::string_view text, std::size_t most);

/// `text` for one line of a message: control characters, which might steer a terminal, become
/// blanks; UTF-8 stays.
std::string one_line(std::string_view text);

/// `text` for a message: bytes that are not printable ASCII become '?'.
std::string printable(std::string_view text);

}  // namespace cbsim
