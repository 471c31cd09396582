#include "cbsim/environment/data_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

std::string hex(unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {'0', 'x', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
}

}  // namespace

Field parse_field(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::invalid_argument || rest != end) return {};
  const bool usable = error == std::errc() && std::abs(value) <= kLargestNumber;
  return usable ? Field{FieldKind::number, value} : Field{FieldKind::unusable};
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  const std::string_view shown = beginning(text, kLongest);
  std::string out = "'";
  out += one_line(shown);
  return out += shown.size() < text.size() ? "...'" : "'";
}

std::string in_quotes(const std::vector<std::string>& texts) {
  constexpr std::size_t kMostShown = 20;
  std::string out;
  for (std::size_t i = 0; i < std::min(texts.size(), kMostShown); ++i) {
    out += (i > 0 ? ", " : "") + in_quotes(texts[i]);
  }
  return out + (texts.size() > kMostShown ? ", ..." : "");
}

void fail_at_line(std::string_view path, std::size_t line, const std::string& message) {
  throw InputError(std::string(path) + ":" + std::to_string(line) + ": " + message);
}

void fail_at_byte(std::string_view path, std::size_t byte, const std::string& message) {
  throw InputError(std::string(path) + ": byte " + std::to_string(byte) + ": " + message);
}

std::string_view without_byte_order_mark(std::string_view content) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return content.starts_with(kMark) ? content.substr(kMark.size()) : content;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void check_is_text(std::string_view path, std::string_view content) {
  const auto fail = [&](std::size_t at, const std::string& message) {
    const auto line = 1 + std::ranges::count(content.substr(0, at), '\n');
    fail_at_line(path, static_cast<std::size_t>(line), message);
  };
  for (std::size_t i = 0; i < content.size();) {
    if (content[i] == '\0')
      fail(i, "a NUL byte, so this is not a text file; is it the right file?");
    const std::size_t length = utf8_length(content.substr(i));
    if (length == 0) {
      fail(i, "the byte " + hex(static_cast<unsigned char>(content[i])) +
                  " is not UTF-8; convert the file, e.g. with iconv -f ISO-8859-1 -t UTF-8");
    }
    i += length;
  }
}

}  // namespace cbsim
