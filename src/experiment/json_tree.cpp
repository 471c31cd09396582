#include "cbsim/experiment/json_tree.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

using Kind = JsonNode::Kind;

constexpr double kExactIntegers = 0x1p53;

std::string canonical_number(const JsonNode& node) {
  const auto integer = node.integer();
  return integer ? std::to_string(*integer) : shortest_number(node.real());
}

std::string scalar(const JsonNode& node) {
  switch (node.kind) {
    case Kind::boolean:
      return node.truth ? "true" : "false";
    case Kind::number:
      return canonical_number(node);
    case Kind::string:
      return json_quoted(node.text);
    default:
      return "null";
  }
}

bool nested(const JsonNode& node) { return node.kind == Kind::array || node.kind == Kind::object; }

void append_pretty(const JsonNode& node, const std::string& indent, std::string& out) {
  const std::string inner = indent + "  ";
  if (node.kind == Kind::object && !node.members.empty()) {
    std::string separator = "{\n";
    for (const auto& member : node.members) {
      out += separator + inner + json_quoted(member.key) + ": ";
      append_pretty(member.value, inner, out);
      separator = ",\n";
    }
    out += "\n" + indent + "}";
  } else if (node.kind == Kind::array && !node.items.empty()) {
    const bool lines = std::ranges::any_of(node.items, nested);
    std::string separator = lines ? "[\n" + inner : "[";
    for (const auto& item : node.items) {
      out += separator;
      append_pretty(item, inner, out);
      separator = lines ? ",\n" + inner : ", ";
    }
    out += lines ? "\n" + indent + "]" : "]";
  } else {
    out += compact_json(node);
  }
}

void append_compact(const JsonNode& node, std::string& out) {
  if (node.kind == Kind::object) {
    out += '{';
    for (std::size_t i = 0; i < node.members.size(); ++i) {
      if (i > 0) out += ',';
      out += json_quoted(node.members[i].key) + ':';
      append_compact(node.members[i].value, out);
    }
    out += '}';
  } else if (node.kind == Kind::array) {
    out += '[';
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (i > 0) out += ',';
      append_compact(node.items[i], out);
    }
    out += ']';
  } else {
    out += scalar(node);
  }
}

}  // namespace

std::string Position::text() const {
  const std::string name = source ? *source : std::string();
  return line == 0 ? name : name + ':' + std::to_string(line) + ':' + std::to_string(column);
}

const JsonNode* JsonNode::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &JsonMember::key);
  return found == members.end() ? nullptr : &found->value;
}

JsonNode* JsonNode::find(std::string_view key) {
  return const_cast<JsonNode*>(std::as_const(*this).find(key));
}

const JsonNode* JsonNode::child(std::string_view key) const {
  if (kind != Kind::array) return find(key);
  const auto index = parsed<std::size_t>(key);
  return index && *index < items.size() ? &items[*index] : nullptr;
}

JsonNode* JsonNode::child(std::string_view key) {
  return const_cast<JsonNode*>(std::as_const(*this).child(key));
}

JsonNode& JsonNode::add(std::string key, JsonNode value) {
  const Position position_of_key = value.position;
  members.push_back({std::move(key), position_of_key, std::move(value)});
  return members.back().value;
}

double JsonNode::real() const {
  double value = 0.0;  // stays 0 where the text is below the smallest double
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool JsonNode::integral() const {
  if (text.find_first_of(".eE") == std::string::npos) return true;
  const double value = real();
  return value == std::floor(value);
}

std::optional<std::int64_t> JsonNode::integer() const {
  if (text.find_first_of(".eE") == std::string::npos) {
    std::int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() ? std::optional(value) : std::nullopt;
  }
  const double value = real();
  if (value != std::floor(value) || std::abs(value) > kExactIntegers) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

JsonNode json_boolean(bool value) {
  JsonNode node;
  node.kind = Kind::boolean;
  node.truth = value;
  return node;
}

JsonNode json_number(double value) {
  JsonNode node;
  node.kind = Kind::number;
  node.text = shortest_number(value);
  return node;
}

JsonNode json_string(std::string_view value) {
  JsonNode node;
  node.kind = Kind::string;
  node.text = value;
  return node;
}

JsonNode json_array(std::vector<JsonNode> items) {
  JsonNode node;
  node.kind = Kind::array;
  node.items = std::move(items);
  return node;
}

JsonNode json_object() {
  JsonNode node;
  node.kind = Kind::object;
  return node;
}

std::string shortest_number(double value) {
  if (!std::isfinite(value)) throw std::logic_error("JSON has no infinite numbers");
  return plain_number(value);
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string compact_json(const JsonNode& node) {
  std::string out;
  append_compact(node, out);
  return out;
}

std::string pretty_json(const JsonNode& node) {
  std::string out;
  append_pretty(node, "", out);
  return out;
}

}  // namespace cbsim
