#include "cbsim/core/text.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace cbsim {

std::string shortest(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

std::string plain_number(double value) {
  const bool whole = value == std::floor(value) && std::abs(value) <= 0x1p53;
  return whole ? std::to_string(static_cast<std::int64_t>(value)) : shortest(value);
}

std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

}  // namespace cbsim
