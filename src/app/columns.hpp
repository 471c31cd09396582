#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace cbsim::app {

/// Characters of UTF-8 text.
inline std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

inline std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}

}  // namespace cbsim::app
