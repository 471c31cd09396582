#include "cbsim/environment/arff_line.hpp"

#include <algorithm>

#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kArffBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kArffBlanks) + 1 - begin);
}

/// The text before a comment: before a '%' that follows a blank.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = text.find('%'); at < text.size(); at = text.find('%', at + 1)) {
    if (at > 0 && kArffBlanks.find(text[at - 1]) < kArffBlanks.size()) return text.substr(0, at);
  }
  return text;
}

char escaped(char c) { return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c; }

}  // namespace

bool ArffLine::next() {
  unescaped_.clear();
  while (!content_.empty()) {
    ++number_;
    rest_ = trimmed(take_line(content_));
    if (more()) return true;
  }
  return false;
}

bool ArffLine::more() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kArffBlanks), rest_.size()));
  return !rest_.empty() && rest_.front() != '%';
}

bool ArffLine::take(char c) {
  if (!at(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

std::string_view ArffLine::word(std::string_view ends) {
  if (at_quote()) return quoted();
  const std::size_t end = std::min(rest_.find_first_of(ends), rest_.size());
  const std::string_view text = without_comment(rest_.substr(0, end));
  rest_.remove_prefix(text.size());
  return trimmed(text);
}

std::string_view ArffLine::quoted() {
  const char quote = rest_.front();
  std::size_t end = 1;
  bool escapes = false;
  for (; end < rest_.size() && rest_[end] != quote; ++end) {
    if (rest_[end] != '\\') continue;
    escapes = true;
    ++end;
  }
  if (end >= rest_.size()) fail("a quote that opens here is never closed: " + in_quotes(rest_));
  const std::string_view inner = rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
  if (!escapes) return inner;
  std::string& text = unescaped_.emplace_back();
  for (std::size_t i = 0; i < inner.size(); ++i) {
    text += inner[i] == '\\' ? escaped(inner[++i]) : inner[i];
  }
  return text;
}

void ArffLine::expect_end() {
  if (more()) fail(in_quotes(rest_) + " follows where the line should end");
}

void ArffLine::fail(const std::string& message) const { fail_at_line(path_, number_, message); }

}  // namespace cbsim
