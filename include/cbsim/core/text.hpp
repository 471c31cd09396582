#pragma once

#include <string>
#include <string_view>

namespace cbsim {

/// The shortest decimal text that reads back as `value`, independent of the locale.
std::string shortest(double value);

/// The same, but whole numbers up to 2^53 without an exponent: 1000000 rather than 1e+06.
std::string plain_number(double value);

/// `text` for one line of a message: control characters, which might steer a terminal, become
/// blanks; UTF-8 stays.
std::string one_line(std::string_view text);

/// `text` for a message: bytes that are not printable ASCII become '?'.
std::string printable(std::string_view text);

}  // namespace cbsim
