#include "cbsim/environment/csv_reader.hpp"

#include <string>

#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

/// In a row; what is made of them has its own bounds.
constexpr std::size_t kMostFields = 1'000'000;

char character(Delimiter delimiter) {
  switch (delimiter) {
    case Delimiter::semicolon:
      return ';';
    case Delimiter::tab:
      return '\t';
    case Delimiter::space:
      return ' ';
    default:
      return ',';
  }
}

}  // namespace

CsvReader::CsvReader(std::string_view path, std::string_view content, Delimiter delimiter)
    : path_(path), content_(without_byte_order_mark(content)), delimiter_(character(delimiter)) {
  check_is_text(path_, content_);
}

void CsvReader::rewind() {
  position_ = 0;
  line_ = 1;
}

bool CsvReader::next() {
  fields_.clear();
  unescaped_.clear();
  // Skip blank lines.
  for (skip_blanks(); !at_end() && at_line_end(); skip_blanks()) end_line();
  if (at_end()) return false;

  row_line_ = line_;
  read_field();
  while (!at_end() && !at_line_end()) {
    ++position_;  // the delimiter
    if (delimiter_ == ' ') {
      skip_blanks();
      if (at_end() || at_line_end()) break;
    }
    read_field();
  }
  if (!at_end()) end_line();
  return true;
}

bool CsvReader::at_line_end() {
  if (content_[position_] == '\n') return true;
  if (content_[position_] != '\r') return false;
  if (position_ + 1 == content_.size() || content_[position_ + 1] == '\n') return true;
  fail_at_line(path_, line_, "a carriage return without a line feed; lines must end in LF or CRLF");
}

bool CsvReader::at_delimiter() const {
  return content_[position_] == delimiter_ || (delimiter_ == ' ' && content_[position_] == '\t');
}

bool CsvReader::is_blank(char c) const { return c == ' ' || (c == '\t' && delimiter_ != '\t'); }

void CsvReader::skip_blanks() {
  while (!at_end() && is_blank(content_[position_])) ++position_;
}

void CsvReader::end_line() {
  if (content_[position_] == '\r') ++position_;
  if (!at_end()) ++position_;
  ++line_;
}

void CsvReader::read_field() {
  if (fields_.size() == kMostFields) {
    fail_at_line(path_, line_, "more than " + std::to_string(kMostFields) + " fields in a row");
  }
  skip_blanks();
  const bool is_quoted = !at_end() && content_[position_] == '"';
  fields_.push_back(is_quoted ? read_quoted() : read_plain());
}

std::string_view CsvReader::read_quoted() {
  const std::size_t opening_line = line_;
  const std::size_t begin = ++position_;
  bool has_doubled = false;
  for (;; ++position_) {
    if (at_end()) fail_at_line(path_, opening_line, "a quote that opens here is never closed");
    if (content_[position_] == '\n') ++line_;
    if (content_[position_] != '"') continue;
    if (position_ + 1 == content_.size() || content_[position_ + 1] != '"') break;
    has_doubled = true;
    ++position_;
  }
  std::string_view field = content_.substr(begin, position_ - begin);
  ++position_;  // the closing quote

  if (delimiter_ != ' ') skip_blanks();
  if (!at_end() && !at_line_end() && !at_delimiter()) {
    fail_at_line(path_, line_,
                 "text after the closing quote of " + in_quotes(field) +
                     "; double a quote that belongs to a quoted field");
  }
  if (!has_doubled) return field;
  std::string& text = unescaped_.emplace_back();
  for (std::size_t i = 0; i < field.size(); ++i) {
    text += field[i];
    if (field[i] == '"') ++i;
  }
  return text;
}

std::string_view CsvReader::read_plain() {
  const std::size_t begin = position_;
  while (!at_end() && !at_delimiter() && !at_line_end()) {
    if (content_[position_] == '"') {
      fail_at_line(path_, line_,
                   "a quote inside the field " +
                       in_quotes(content_.substr(begin, position_ - begin)) +
                       "; quote the whole field and double the quote");
    }
    ++position_;
  }
  std::size_t end = position_;
  while (end > begin && is_blank(content_[end - 1])) --end;
  return content_.substr(begin, end - begin);
}

}  // namespace cbsim
