#include <list>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

#include "cbsim/experiment/json_tree.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/settings_reader.hpp"

namespace cbsim {
namespace {

using Json = nlohmann::json;
using Kind = JsonNode::Kind;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Follows the text beside the parser, which does not tell where its tokens stand. The parser has
/// accepted all that `next` passes, so no error can occur here.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {
    if (text.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  std::size_t line() const { return line_; }
  std::size_t column() const { return column_; }

  /// Skips white space and comments, and `separators`.
  void skip(std::string_view separators) {
    while (at_ < text_.size()) {
      if (is_space(text_[at_]) || separators.find(text_[at_]) != std::string_view::npos) {
        advance(1);
      } else if (text_.substr(at_, 2) == "//") {
        advance(std::min(text_.find_first_of("\r\n", at_), text_.size()) - at_);
      } else if (text_.substr(at_, 2) == "/*") {
        const auto end = text_.find("*/", at_ + 2);
        advance(end == std::string_view::npos ? text_.size() - at_ : end + 2 - at_);
      } else {
        return;
      }
    }
  }

  /// Moves over the token that starts here and returns it.
  std::string_view take() {
    const std::size_t start = at_;
    std::size_t end = at_ + 1;
    if (text_[start] == '"') {
      while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
      ++end;
    } else if (std::string_view("{}[]").find(text_[start]) == std::string_view::npos) {
      constexpr std::string_view kWord =
          "0123456789+-.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
      end = std::max(end, std::min(text_.find_first_not_of(kWord, start), text_.size()));
    }
    advance(end - start);
    return text_.substr(start, end - start);
  }

  bool at_end() const { return at_ == text_.size(); }
  std::size_t offset() const { return at_; }

 private:
  void advance(std::size_t bytes) {
    for (const char c : text_.substr(at_, bytes)) {
      if (c == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
        ++column_;
      }
    }
    at_ = std::min(at_ + bytes, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 1, column_ = 1;
};

/// Receives the events of nlohmann's parser, which does not recurse, and builds the tree.
class Builder {
 public:
  Builder(std::string_view text, std::shared_ptr<const std::string> source, bool flag,
          Problems& problems)
      : cursor_(text), source_(std::move(source)), flag_(flag), problems_(problems) {}

  JsonNode root;

  bool null() {
    return scalar(Kind::null, [](JsonNode&, std::string_view) {});
  }
  bool boolean(bool value) {
    return scalar(Kind::boolean, [&](JsonNode& node, std::string_view) { node.truth = value; });
  }
  bool number_integer(Json::number_integer_t) { return number(); }
  bool number_unsigned(Json::number_unsigned_t) { return number(); }
  bool number_float(Json::number_float_t, const std::string&) { return number(); }
  bool string(std::string& value) {
    return scalar(Kind::string, [&](JsonNode& node, std::string_view) { node.text = value; });
  }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Kind::object); }
  bool start_array(std::size_t) { return open(Kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(const std::string& name) {
    cursor_.skip(",:");
    const Position position = here();
    cursor_.take();
    JsonNode& object = *frames_.back().node;
    key_ = name;
    const auto [first, is_new] = frames_.back().lines.emplace(name, position.line);
    if (is_new) {
      object.members.push_back({name, position, {}});
      target_ = &object.members.back().value;
    } else {
      const std::string before =
          flag_ ? "" : "; the first is in line " + std::to_string(first->second);
      problems_.add(position, problems_.full() ? "" : pointer(), "duplicate key" + before);
      target_ = &duplicates_.emplace_back();
    }
    return true;
  }

  bool parse_error(std::size_t read, const std::string& token, const Json::exception& error) {
    refuse(read, syntax_message(error.what(), token));
    return false;
  }

  /// Adds a problem at the token in which byte number `read` (from 1) lies; a broken token may be
  /// known by the byte behind it. All tokens before it are sound.
  void refuse(std::size_t read, std::string message) {
    const bool broken = message.find("invalid") != std::string::npos;
    Position position;
    while (true) {
      cursor_.skip("");
      position = here();
      if (cursor_.at_end()) break;
      const auto token = cursor_.take();
      const bool separator = token == "," || token == ":";
      if (cursor_.offset() + (broken && !separator ? 1 : 0) >= read) break;
    }
    problems_.add(position, "", std::move(message));
  }

 private:
  struct Frame {
    JsonNode* node;
    std::string name;
    std::unordered_map<std::string, std::size_t> lines;  ///< of the keys of an object
  };

  /// The parser's message without its own position and excerpt.
  static std::string syntax_message(std::string text, const std::string& token) {
    if (text.find("number overflow") != std::string::npos) {
      return cut(token) + " is too large for a number";
    }
    const auto replace = [&text](std::string_view from, std::string_view to) {
      const auto at = text.find(from);
      if (at != std::string::npos) text.replace(at, from.size(), to);
    };
    const std::string_view lead = "syntax error while parsing ";
    const auto context = text.find(lead);
    const auto dash = text.find(" - ", context);
    if (context == std::string::npos || dash == std::string::npos) return "not JSON: " + text;
    const auto from = context + lead.size();
    const std::string where = text.substr(from, dash - from);
    text.erase(0, dash + 3);
    if (const auto last = text.find("; last read: "); last != std::string::npos) {
      const auto expected = text.rfind("; expected ");
      const bool more = expected != std::string::npos && expected > last;
      text.erase(last, more ? expected - last : std::string::npos);
    }
    if (where == "object") replace("expected '}'", "expected ',' or '}'");
    if (where == "array") replace("expected ']'", "expected ',' or ']'");
    if (where == "object key") replace("expected string literal", "expected a key in quotes");
    return "not JSON: " + text + " (in " + where + ')';
  }

  Position here() const {
    return flag_ ? Position{source_} : Position{source_, cursor_.line(), cursor_.column()};
  }

  std::string pointer() const {
    std::string out;
    for (std::size_t i = 1; i < frames_.size(); ++i) out = child_pointer(out, frames_[i].name);
    return child_pointer(out, key_);
  }

  /// The node that the next value fills.
  JsonNode& place() {
    cursor_.skip(",:");
    JsonNode* node = &root;
    if (!frames_.empty() && frames_.back().node->kind == Kind::array) {
      auto& items = frames_.back().node->items;
      key_ = std::to_string(items.size());
      node = &items.emplace_back();
    } else if (!frames_.empty()) {
      node = target_;
    }
    node->position = here();
    return *node;
  }

  /// The node of a value; nullptr where it would be one too many.
  JsonNode* filled(Kind kind) {
    JsonNode& node = place();
    if (++values_ > kMaxJsonValues) {
      problems_.add(
          node.position, "",
          "more than " + std::to_string(kMaxJsonValues) + " values, the most that are read");
      return nullptr;
    }
    node.kind = kind;
    return &node;
  }

  /// A value without parts; `fill(node, token)` takes it over.
  template <class Fill>
  bool scalar(Kind kind, Fill fill) {
    JsonNode* node = filled(kind);
    if (!node) return false;
    fill(*node, cursor_.take());
    return true;
  }
  bool number() {
    return scalar(Kind::number, [](JsonNode& node, std::string_view token) { node.text = token; });
  }

  bool open(Kind kind) {
    JsonNode* node = filled(kind);
    if (!node) return false;
    if (frames_.size() >= kMaxJsonDepth) {
      problems_.add(here(), "",
                    "nested more than " + std::to_string(kMaxJsonDepth) + " levels deep");
      return false;
    }
    cursor_.take();
    frames_.push_back({node, key_, {}});
    return true;
  }

  bool close() {
    cursor_.skip(",");
    cursor_.take();
    frames_.pop_back();
    return true;
  }

  Cursor cursor_;
  std::shared_ptr<const std::string> source_;
  bool flag_;
  Problems& problems_;
  std::vector<Frame> frames_;
  std::string key_;
  JsonNode* target_ = nullptr;
  std::list<JsonNode> duplicates_;  ///< values of duplicate keys, which may have some inside
  std::size_t values_ = 0;
};

}  // namespace

std::optional<JsonNode> parse_json(std::string_view text, std::shared_ptr<const std::string> source,
                                   bool flag, Problems& problems) {
  Builder builder(text, std::move(source), flag, problems);
  // The parser takes a NUL byte for the end of the text.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    builder.refuse(nul + 1, "not JSON: a NUL byte");
    return std::nullopt;
  }
  const bool ok = Json::sax_parse(text.begin(), text.end(), &builder, Json::input_format_t::json,
                                  /*strict=*/true, /*ignore_comments=*/true);
  if (!ok) return std::nullopt;
  return std::move(builder.root);
}

}  // namespace cbsim
