#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace cbsim {

/// Cuts the lines of an ARFF text into words, which may be quoted by ' or ", with \ before a quote.
/// A '%' at the beginning of a word starts a comment.
class ArffLine {
 public:
  /// The texts must outlive the object, and so must the words that it returns its next line.
  ArffLine(std::string_view path, std::string_view content) : path_(path), content_(content) {}

  /// Goes to the next line that has a word; false at the end.
  bool next();

  /// Skips blanks; false at the end of the line or where a comment begins.
  bool more();
  /// Whether this character follows.
  bool at(char c) { return more() && rest_.front() == c; }
  bool at_quote() { return at('\'') || at('"'); }
  /// Skips this character if it follows.
  bool take(char c);
  /// A quoted text, or the text before the first of `ends` without the blanks around it.
  std::string_view word(std::string_view ends);
  /// Throws InputError if there is more.
  void expect_end();

  /// Counts from 1.
  std::size_t number() const { return number_; }
  /// The lines that follow.
  std::string_view rest_of_file() const { return content_; }
  /// Throws InputError naming the line.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::string_view quoted();

  std::string_view path_;
  std::string_view content_;  ///< lines that are not read yet
  std::string_view rest_;     ///< of the current line
  std::size_t number_ = 0;
  std::deque<std::string> unescaped_;  ///< words of this line that hold escapes
};

/// What separates words, besides punctuation.
constexpr std::string_view kArffBlanks = " \t\r";

}  // namespace cbsim
