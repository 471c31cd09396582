#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/experiment/json_tree.hpp"

namespace cbsim {

/// One error of a config: where, what value, what rule, what to do.
struct Problem {
  Position position;
  std::string pointer;  ///< JSON pointer
  std::string message;
  bool io = false;  ///< a file could not be read: exit code 1, not 2

  /// "exp.json:3:14: /environment/noise: -1 is out of range; ..."
  std::string text() const;
};

/// All errors of a config, found before anything runs. Of very many the first are kept and the
/// others counted.
class Problems {
 public:
  void add(const Position& position, std::string pointer, std::string message);
  void add(Problem problem);

  /// Adds what is wrong in the points of a grid: `points[i]` holds the errors of point i and
  /// `names[i]` says which it is. An error of all points is added as it is, one of some points
  /// once, with the name of the first.
  void add_grid(std::span<const Problems> points, std::span<const std::string> names);

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  /// Whether what is added now is only counted.
  bool full() const { return size_ >= kMostKept; }
  const std::vector<Problem>& list() const { return list_; }

  /// One line a problem, in the order of the text, each once. Throws nothing where there are none,
  /// IoError where files are all that is wrong, else InputError.
  void raise() const;

 private:
  static constexpr std::size_t kMostKept = 1000;

  std::vector<Problem> list_;
  std::size_t size_ = 0;
};

/// The pointer of a child, with JSON pointer's escapes; a long key is cut.
std::string child_pointer(const std::string& pointer, std::string_view key);
/// That of an item of a list.
std::string item_pointer(const std::string& pointer, std::size_t index);

/// At most so many bytes of a text, in whole characters, which is enough for a message.
std::string cut(std::string_view text, std::size_t most = 60);

/// The candidate that `name` most likely means (few edits apart, case ignored, or
/// cut short), else empty.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

/// "; did you mean "gamma"?", or nothing.
std::string suggestion(std::string_view name, std::span<const std::string_view> candidates);

/// "a", "a or b", "a, b or c".
std::string alternatives(std::span<const std::string> words);

/// "a, b, c" or "a, b, c and 7 more": of more than kMostNamed the others are counted.
constexpr std::size_t kMostNamed = 3;
std::string some_of(std::span<const std::string> list);

}  // namespace cbsim
