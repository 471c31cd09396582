#include <type_traits>

#include "cbsim/experiment/settings_reader.hpp"

namespace cbsim {
namespace {

std::string with_range(const std::string& noun, const Range& range) {
  const std::string text = range.text();
  return text == "any" ? noun : noun + ' ' + text;
}

}  // namespace

std::string described(const JsonNode& node) {
  switch (node.kind) {
    case JsonNode::Kind::null:
      return "null is no value";
    case JsonNode::Kind::boolean:
      return compact_json(node) + " is a boolean";
    case JsonNode::Kind::number:
      return cut(node.text) + " is a number";
    case JsonNode::Kind::string:
      return cut(json_quoted(node.text)) + " is a string";
    case JsonNode::Kind::array:
      return cut(compact_json(node)) + " is a list";
    case JsonNode::Kind::object:
      return cut(compact_json(node)) + " is an object";
  }
  return {};
}

std::string admitted(const Slot& slot) {
  return std::visit(
      [](const auto& s) -> std::string {
        using S = std::decay_t<decltype(s)>;
        if constexpr (std::is_same_v<S, RealSlot>) {
          return with_range("a number", s.range);
        } else if constexpr (std::is_same_v<S, IntegerSlot>) {
          return with_range("an integer", s.range);
        } else if constexpr (std::is_same_v<S, BooleanSlot>) {
          return "true or false";
        } else if constexpr (std::is_same_v<S, TextSlot>) {
          return "a string";
        } else if constexpr (std::is_same_v<S, FileSlot>) {
          return "a file name";
        } else if constexpr (std::is_same_v<S, RealListSlot>) {
          return with_range("a list of numbers", s.range);
        } else if constexpr (std::is_same_v<S, TextListSlot>) {
          return "a list of strings";
        } else if constexpr (std::is_same_v<S, ObjectListSlot>) {
          return "a list of " + admitted(s.value->entry(s.value->size()));
        } else if constexpr (std::is_same_v<S, WordSlot>) {
          return json_quoted(s.word);
        } else if constexpr (std::is_same_v<S, MapSlot>) {
          return "an object with a key for each " + std::string(s.key_name);
        } else if (s.tag_key.empty()) {
          return "an object";
        } else {
          return '{' + json_quoted(s.tag_key) + ": " + json_quoted(s.tag_value) + ", ...}";
        }
      },
      slot);
}

std::string admitted(const Setting& setting) {
  std::vector<std::string> forms;
  std::string tagged;  // many tagged forms are not listed here; a wrong tag lists them
  std::size_t tags = 0;
  for (const auto& slot : setting.alternatives) {
    const auto* object = std::get_if<ObjectSlot>(&slot);
    if (object && !object->tag_key.empty()) {
      ++tags;
      tagged = "an object with " + json_quoted(object->tag_key);
    } else {
      forms.push_back(admitted(slot));
    }
  }
  if (tags > 2) {
    forms.push_back(tagged);
    return alternatives(forms);
  }
  forms.clear();
  for (const auto& slot : setting.alternatives) forms.push_back(admitted(slot));
  return alternatives(forms);
}

}  // namespace cbsim
