#include "cbsim/experiment/settings_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace cbsim {
namespace {

using Kind = JsonNode::Kind;

std::string absolute_path(const std::string& folder, const std::string& name) {
  const auto path = std::filesystem::absolute(std::filesystem::path(folder) / name);
  // ".." after a symbolic link is not what it looks like, so it stays.
  const bool up = std::ranges::find(path, std::filesystem::path("..")) != path.end();
  return (up ? path : path.lexically_normal()).string();
}

/// Calls `act(slot)` with the first alternative of type S, after choosing it; false if there is
/// none.
template <class S, class Act>
bool with_first(const Setting& setting, Act act) {
  for (std::size_t i = 0; i < setting.alternatives.size(); ++i) {
    if (const auto* slot = std::get_if<S>(&setting.alternatives[i])) {
      if (setting.choose) setting.choose(i);
      act(*slot);
      return true;
    }
  }
  return false;
}

/// The dotted path of a nested setting of that name, else empty: a key put at the wrong level.
std::string nested_path(std::string_view key, const Settings& settings) {
  for (const auto& setting : settings) {
    for (const auto& slot : setting.alternatives) {
      const auto* object = std::get_if<ObjectSlot>(&slot);
      if (!object) continue;
      const bool here =
          std::ranges::find(object->fields, key, &Setting::key) != object->fields.end();
      const std::string rest = here ? std::string(key) : nested_path(key, object->fields);
      if (!rest.empty()) return std::string(setting.key) + '.' + rest;
    }
  }
  return {};
}

std::string unknown_key(std::string_view key, const Settings& settings,
                        const std::vector<std::string_view>& keys) {
  const std::string message = "unknown key " + json_quoted(key);
  if (const auto near = suggestion(key, keys); !near.empty()) return message + near;
  if (const auto path = nested_path(key, settings); !path.empty()) {
    return message + "; did you mean " + json_quoted(path) + "?";
  }
  if (keys.empty()) return message + "; there are no settings here";
  std::string known;
  for (const auto name : keys) known += (known.empty() ? "" : ", ") + std::string(name);
  return message + "; known are " + known;
}

/// The alternative that an object means: the tag decides, else the number of known keys.
struct FormChoice {
  std::optional<std::size_t> index;
  const ObjectSlot* first = nullptr;  ///< any object form; null where there is none
  std::string_view tag_key;           ///< of the tagged forms
  std::vector<std::string_view> tags;
};

FormChoice choose_form(const JsonNode& node, const Setting& setting) {
  FormChoice choice;
  std::ptrdiff_t most = -1;
  for (std::size_t i = 0; i < setting.alternatives.size(); ++i) {
    const auto* slot = std::get_if<ObjectSlot>(&setting.alternatives[i]);
    if (!slot) continue;
    if (!choice.first) choice.first = slot;
    if (!slot->tag_key.empty()) {
      choice.tag_key = slot->tag_key;
      choice.tags.push_back(slot->tag_value);
      const auto* tag = node.find(slot->tag_key);
      if (tag && tag->kind == Kind::string && tag->text == slot->tag_value) {
        choice.index = i;
        return choice;
      }
    } else {
      const auto known = std::ranges::count_if(
          slot->fields, [&](const Setting& field) { return node.find(field.key) != nullptr; });
      if (known > most) {
        most = known;
        choice.index = i;
      }
    }
  }
  // A tag that fits no form is an error, unless the form without a tag has such a key itself.
  if (choice.index && !choice.tag_key.empty() && node.find(choice.tag_key)) {
    const auto& fields = std::get<ObjectSlot>(setting.alternatives[*choice.index]).fields;
    if (std::ranges::find(fields, choice.tag_key, &Setting::key) == fields.end()) {
      choice.index.reset();
    }
  }
  return choice;
}

std::string tag_list(const std::vector<std::string_view>& tags) {
  std::vector<std::string> words;
  words.reserve(tags.size());
  for (const auto tag : tags) words.push_back(json_quoted(tag));
  return alternatives(words);
}

std::string count_text(const RealListSlot& slot) {
  if (slot.min_size == slot.max_size) return std::to_string(slot.min_size) + " numbers";
  if (slot.max_size < std::numeric_limits<std::size_t>::max()) {
    return std::to_string(slot.min_size) + " to " + std::to_string(slot.max_size) + " numbers";
  }
  return "at least " + std::to_string(slot.min_size) + " numbers";
}

}  // namespace

void SettingsReader::read(const JsonNode& node, const Settings& settings,
                          const std::string& pointer,
                          std::span<const std::string_view> other_keys) {
  if (node.kind != Kind::object) {
    problems_.add(node.position, pointer, described(node) + "; expected an object");
    return;
  }
  read_fields(node, settings, pointer, {other_keys.begin(), other_keys.end()});
}

void SettingsReader::read_fields(const JsonNode& node, const Settings& settings,
                                 const std::string& pointer, std::vector<std::string_view> keys) {
  for (const auto& setting : settings) keys.push_back(setting.key);
  for (const auto& member : node.members) {
    if (std::ranges::find(keys, member.key) == keys.end()) {
      problems_.add(member.position, child_pointer(pointer, member.key),
                    unknown_key(member.key, settings, keys));
    }
  }
  for (const auto& setting : settings) {
    const std::string place = child_pointer(pointer, setting.key);
    if (const auto* value = node.find(setting.key)) {
      read_value(*value, setting, place);
    } else if (setting.required) {
      problems_.add(node.position, place, "missing; expected " + admitted(setting));
    } else if (setting.alternatives.size() == 1) {
      // An absent group may still lack a required key.
      if (const auto* group = std::get_if<ObjectSlot>(&setting.alternatives.front())) {
        if (!group->tag_key.empty()) continue;
        JsonNode empty = json_object();
        empty.position = node.position;
        read_fields(empty, group->fields, place, {});
      }
    }
  }
}

void SettingsReader::read_value(const JsonNode& node, const Setting& setting,
                                const std::string& pointer) {
  switch (node.kind) {
    case Kind::null:
      return refuse(node, setting, pointer);
    case Kind::boolean:
      if (!with_first<BooleanSlot>(setting, [&](auto& slot) { *slot.value = node.truth; })) {
        refuse(node, setting, pointer);
      }
      return;
    case Kind::number:
      return read_number(node, setting, pointer);
    case Kind::string:
      return read_string(node, setting, pointer);
    case Kind::array:
      return read_array(node, setting, pointer);
    case Kind::object:
      return read_object(node, setting, pointer);
  }
}

void SettingsReader::read_number(const JsonNode& node, const Setting& setting,
                                 const std::string& pointer) {
  bool real = false, integer = false;
  for (std::size_t i = 0; i < setting.alternatives.size(); ++i) {
    const auto& slot = setting.alternatives[i];
    if (const auto* whole = std::get_if<IntegerSlot>(&slot)) {
      integer = true;
      const auto value = node.integer();
      if (!value || !whole->range.contains(static_cast<double>(*value))) continue;
      *whole->value = *value;
    } else if (const auto* number = std::get_if<RealSlot>(&slot)) {
      real = true;
      const double value = node.real() + 0.0;  // -0 becomes 0
      if (!number->range.contains(value)) continue;
      *number->value = value;
    } else {
      continue;
    }
    if (setting.choose) setting.choose(i);
    return;
  }
  if (!real && !integer) return refuse(node, setting, pointer);
  const bool broken = !real && !node.integral();
  problems_.add(node.position, pointer,
                cut(node.text) + (broken ? " is not an integer" : " is out of range") +
                    "; expected " + admitted(setting));
}

void SettingsReader::read_string(const JsonNode& node, const Setting& setting,
                                 const std::string& pointer) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < setting.alternatives.size(); ++i) {
    const auto* slot = std::get_if<WordSlot>(&setting.alternatives[i]);
    if (!slot) continue;
    words.push_back(slot->word);
    if (slot->word != node.text) continue;
    if (setting.choose) setting.choose(i);
    return;
  }
  if (with_first<TextSlot>(setting, [&](auto& slot) { *slot.value = node.text; })) return;
  const bool is_file = with_first<FileSlot>(setting, [&](auto& slot) {
    if (node.text.empty()) {
      problems_.add(node.position, pointer, "an empty string; expected " + admitted(setting));
      return;
    }
    if (node.text.find('\0') != std::string::npos) {
      problems_.add(node.position, pointer, "a file name with a NUL character");
      return;
    }
    *slot.value = {absolute_path(folder_, node.text), nullptr};
    files_.push_back({slot.value, node.position, pointer});
  });
  if (is_file) return;
  if (words.empty()) return refuse(node, setting, pointer);
  problems_.add(node.position, pointer,
                cut(json_quoted(node.text)) + " is not an option; expected " + admitted(setting) +
                    suggestion(node.text, words));
}

void SettingsReader::read_array(const JsonNode& node, const Setting& setting,
                                const std::string& pointer) {
  const bool texts = !node.items.empty() && node.items.front().kind == Kind::string;
  const auto read_texts = [&](const TextListSlot& slot) {
    slot.value->clear();
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const auto& item = node.items[i];
      if (item.kind == Kind::string) {
        slot.value->push_back(item.text);
      } else {
        problems_.add(item.position, item_pointer(pointer, i),
                      described(item) + "; expected a string");
      }
    }
  };
  if (texts && with_first<TextListSlot>(setting, read_texts)) return;
  const auto read_reals = [&](const RealListSlot& slot) {
    slot.value->clear();
    if (node.items.size() < slot.min_size || node.items.size() > slot.max_size) {
      problems_.add(
          node.position, pointer,
          "a list of " + std::to_string(node.items.size()) + "; expected " + count_text(slot));
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const auto& item = node.items[i];
      const Setting element = real("", &slot.value->emplace_back(), slot.range, {});
      read_value(item, element, item_pointer(pointer, i));
    }
  };
  const auto read_objects = [&](const ObjectListSlot& slot) {
    if (node.items.size() > slot.max_size) {
      problems_.add(node.position, pointer,
                    "a list of " + std::to_string(node.items.size()) + "; expected at most " +
                        std::to_string(slot.max_size));
      return;
    }
    slot.value->reset(node.items.size());
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      read_value(node.items[i], slot.value->entry(i), item_pointer(pointer, i));
    }
  };
  if (with_first<RealListSlot>(setting, read_reals)) return;
  if (with_first<TextListSlot>(setting, read_texts)) return;
  if (with_first<ObjectListSlot>(setting, read_objects)) return;
  refuse(node, setting, pointer);
}

void SettingsReader::read_object(const JsonNode& node, const Setting& setting,
                                 const std::string& pointer) {
  const auto read_map = [&](const MapSlot& slot) {
    std::vector<std::string> keys;
    for (const auto& member : node.members) keys.push_back(member.key);
    slot.assign(std::move(keys));
    for (std::size_t i = 0; i < node.members.size(); ++i) {
      const auto& [key, position, value] = node.members[i];
      read_value(value, slot.value(i), child_pointer(pointer, key));
    }
  };
  if (with_first<MapSlot>(setting, read_map)) return;
  const FormChoice form = choose_form(node, setting);
  if (!form.first) return refuse(node, setting, pointer);
  if (form.index) {
    if (setting.choose) setting.choose(*form.index);
    const auto& slot = std::get<ObjectSlot>(setting.alternatives[*form.index]);
    std::vector<std::string_view> tag;
    if (!slot.tag_key.empty()) tag.push_back(slot.tag_key);
    return read_fields(node, slot.fields, pointer, std::move(tag));
  }
  const std::string place = child_pointer(pointer, form.tag_key);
  const auto* tag = node.find(form.tag_key);
  if (!tag) {
    problems_.add(node.position, place, "missing; expected " + tag_list(form.tags));
  } else if (tag->kind != Kind::string) {
    problems_.add(tag->position, place, described(*tag) + "; expected " + tag_list(form.tags));
  } else {
    problems_.add(tag->position, place,
                  cut(json_quoted(tag->text)) + " is not an option; expected " +
                      tag_list(form.tags) + suggestion(tag->text, form.tags));
  }
}

void SettingsReader::refuse(const JsonNode& node, const Setting& setting,
                            const std::string& pointer) {
  problems_.add(node.position, pointer, described(node) + "; expected " + admitted(setting));
}

void add_violations(const std::vector<Violation>& violations, const JsonNode& node,
                    const std::string& pointer, Problems& problems) {
  for (const auto& violation : violations) {
    std::string place = pointer;
    const JsonNode* at = &node;
    bool present = true;
    for (std::size_t start = 0; start < violation.path.size();) {
      const auto end = std::min(violation.path.find('.', start), violation.path.size());
      const std::string key = violation.path.substr(start, end - start);
      place = child_pointer(place, key);
      const JsonNode* next = present ? at->child(key) : nullptr;
      present = next != nullptr;
      if (next) at = next;
      start = end + 1;
    }
    problems.add(at->position, place, violation.message);
  }
}

}  // namespace cbsim
