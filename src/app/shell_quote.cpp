#include "shell_quote.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

namespace cbsim::app {

std::string shell_quote(std::string_view word) {
  constexpr std::string_view kSafe = "_-./=:,+@%";
  const bool safe = !word.empty() && std::ranges::all_of(word, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || kSafe.find(c) != kSafe.npos;
  });
  if (safe) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted += '\'';
}

std::string command_line() {
  std::ifstream arguments("/proc/self/cmdline", std::ios::binary);
  std::string line;
  for (std::string word; std::getline(arguments, word, '\0');) {
    if (!line.empty()) line += ' ';
    line += shell_quote(word);
  }
  return line;
}

}  // namespace cbsim::app
