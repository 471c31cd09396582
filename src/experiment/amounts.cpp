#include "cbsim/experiment/amounts.hpp"

#include <algorithm>
#include <cstdio>

namespace cbsim {
namespace {

template <class... Values>
std::string format(const char* pattern, Values... values) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string scaled(double value, const char* unit) {
  static constexpr const char* kPrefixes[] = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
  std::size_t power = 0;
  while (value >= 999.5 && power + 1 < std::size(kPrefixes)) {
    value /= 1000.0;
    ++power;
  }
  const char* digits = value >= 99.95 || power == 0 ? "%.0f" : value >= 9.995 ? "%.1f" : "%.2f";
  return format(digits, value) + ' ' + kPrefixes[power] + unit;
}

}  // namespace

std::string bytes_text(double bytes) { return scaled(bytes, "B"); }

std::string operations_text(double operations) { return scaled(operations, "FLOP"); }

std::string duration_text(double seconds) {
  if (seconds < 0.095) return format("%.2f s", seconds);
  if (seconds < 60.0) return format("%.1f s", seconds);
  const auto whole = static_cast<long long>(std::min(seconds, 1e15));
  if (whole < 3600) return format("%lld min %02lld s", whole / 60, whole % 60);
  if (whole < 48 * 3600) return format("%lld h %02lld min", whole / 3600, whole / 60 % 60);
  return format("%lld d %02lld h", whole / 86400, whole / 3600 % 24);
}

}  // namespace cbsim
