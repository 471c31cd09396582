#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbsim {

class Problems;

/// Where a value was written: a place in a file, or a flag of the command line (line 0).
struct Position {
  std::shared_ptr<const std::string> source;
  std::size_t line = 0;    ///< from 1
  std::size_t column = 0;  ///< from 1, in characters

  /// "exp.json:3:14", or the flag itself: "--set horizon=5".
  std::string text() const;
};

struct JsonMember;

/// A JSON value that knows where it stands. Numbers keep the text in which they were written, so
/// that integers beyond 64 bits and 1.0 are seen for what they are.
struct JsonNode {
  enum class Kind { null, boolean, number, string, array, object };
  /// What the writer of settings knows about a string: an ordinary one, the path of a data file,
  /// or the tag that tells forms of an object apart.
  enum class Role { plain, file, tag };

  Kind kind = Kind::null;
  bool truth = false;               ///< of a boolean
  std::string text;                 ///< a string's value; a number as it was written
  std::vector<JsonNode> items;      ///< of an array
  std::vector<JsonMember> members;  ///< of an object, in the order written, keys distinct
  Position position;
  Role role = Role::plain;

  const JsonNode* find(std::string_view key) const;
  JsonNode* find(std::string_view key);
  /// The member of an object, or the item of an array that a key such as "0" names; else nullptr.
  const JsonNode* child(std::string_view key) const;
  JsonNode* child(std::string_view key);
  /// Appends a member; the key must be new.
  JsonNode& add(std::string key, JsonNode value);

  /// A number's value, rounded to the nearest double.
  double real() const;
  /// A number's value where it is an integer of 64 bits (1.0 and 1e3 are integers, 2.7 is not).
  std::optional<std::int64_t> integer() const;
  /// A number that has no fractional part, of any size.
  bool integral() const;
};

struct JsonMember {
  std::string key;
  Position position;
  JsonNode value;
};

JsonNode json_boolean(bool value);
JsonNode json_number(double value);
/// Below 2^63.
template <std::integral Integer>
requires(!std::same_as<Integer, bool>) JsonNode json_integer(Integer value) {
  JsonNode node;
  node.kind = JsonNode::Kind::number;
  node.text = std::to_string(value);
  return node;
}
JsonNode json_string(std::string_view value);
JsonNode json_array(std::vector<JsonNode> items = {});
JsonNode json_object();

/// The canonical text of a finite number: the shortest that reads back as the same double, without
/// exponent for integers below 2^53. Throws std::logic_error for a number that JSON cannot hold.
std::string shortest_number(double value);

/// The string in JSON's quotes, control characters escaped.
std::string json_quoted(std::string_view text);

/// {"a":1,"b":[2,3]}, with canonical numbers; equal texts mean equal values.
std::string compact_json(const JsonNode& node);
/// Two spaces an indent; lists of plain values on one line; no final newline.
std::string pretty_json(const JsonNode& node);

/// The deepest nesting that is read.
constexpr std::size_t kMaxJsonDepth = 64;
/// The most values that are read: what they take of memory is many times their text.
constexpr std::size_t kMaxJsonValues = 2000000;

/// Reads JSON with comments (// and /* */). Syntax errors and duplicate keys go to `problems`; on a
/// syntax error, too deep nesting, too many values or a number beyond double there is no result.
/// `source` names the file, or the flag when `flag` is set, in which case positions have no line.
std::optional<JsonNode> parse_json(std::string_view text, std::shared_ptr<const std::string> source,
                                   bool flag, Problems& problems);

}  // namespace cbsim
