#include "printable.hpp"

#include <cstddef>

namespace cbsim::app {
namespace {

bool turns_text(unsigned code) {
  return (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

/// Bytes of the character that `text` begins with; 0 where it may not be shown.
std::size_t shown(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return first == '\n' || (first >= 0x20 && first != 0x7F) ? 1 : 0;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;
  unsigned code = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr unsigned kLeast[] = {0, 0, 0xA0, 0x800, 0x10000};  // below: C1 controls, or overlong
  if (code < kLeast[size] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return 0;
  return turns_text(code) ? 0 : size;
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
