#include "printable.hpp"

#include <cstddef>

#include "cbsim/core/text.hpp"

namespace cbsim::app {
namespace {

/// The code point of a well-formed UTF-8 sequence.
unsigned code_point(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  const std::size_t size = sequence.size();
  unsigned code = size == 1 ? byte(0) : byte(0) & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) code = code << 6 | (byte(i) & 0x3FU);
  return code;
}

bool is_control(unsigned code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool turns_text(unsigned code) {
  return (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

/// Bytes of the character that `text` begins with; 0 where it may not be shown.
std::size_t shown(std::string_view text) {
  const std::size_t size = utf8_length(text);
  if (size == 0 || text[0] == '\n') return size;
  const unsigned code = code_point(text.substr(0, size));
  return is_control(code) || turns_text(code) ? 0 : size;
}

}  // namespace

void put_printable(std::FILE* file, std::string_view text) {
  while (!text.empty()) {
    std::size_t size = 0;
    while (size < text.size()) {
      const std::size_t next = shown(text.substr(size));
      if (next == 0) break;
      size += next;
    }
    std::fwrite(text.data(), 1, size, file);
    text.remove_prefix(size);
    if (text.empty()) return;
    std::fprintf(file, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[0])));
    text.remove_prefix(1);
  }
}

}  // namespace cbsim::app
