#include "cbsim/experiment/schema.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "cbsim/experiment/config.hpp"
#include "cbsim/experiment/settings_writer.hpp"

namespace cbsim {
namespace {

JsonNode typed(std::string_view type) {
  JsonNode schema = json_object();
  schema.add("type", json_string(type));
  return schema;
}

void add_range(JsonNode& schema, const Range& range) {
  if (std::isfinite(range.low)) {
    schema.add(range.low_open ? "exclusiveMinimum" : "minimum", json_number(range.low));
  }
  if (std::isfinite(range.high)) {
    schema.add(range.high_open ? "exclusiveMaximum" : "maximum", json_number(range.high));
  }
}

void require(JsonNode& schema, std::string_view key) {
  JsonNode* required = schema.find("required");
  if (!required) required = &schema.add("required", json_array());
  required->items.push_back(json_string(key));
}

JsonNode constant(std::string_view word) {
  JsonNode schema = json_object();
  schema.add("const", json_string(word));
  return schema;
}

JsonNode value_schema(const Setting& setting);

JsonNode slot_schema(const Slot& slot) {
  return std::visit(
      [](const auto& s) {
        using S = std::decay_t<decltype(s)>;
        if constexpr (std::is_same_v<S, RealSlot>) {
          JsonNode schema = typed("number");
          add_range(schema, s.range);
          return schema;
        } else if constexpr (std::is_same_v<S, IntegerSlot>) {
          JsonNode schema = typed("integer");
          add_range(schema, s.range);
          return schema;
        } else if constexpr (std::is_same_v<S, BooleanSlot>) {
          return typed("boolean");
        } else if constexpr (std::is_same_v<S, TextSlot>) {
          return typed("string");
        } else if constexpr (std::is_same_v<S, FileSlot>) {
          JsonNode schema = typed("string");
          schema.add("minLength", json_integer(1));
          return schema;
        } else if constexpr (std::is_same_v<S, RealListSlot>) {
          JsonNode schema = typed("array");
          JsonNode item = typed("number");
          add_range(item, s.range);
          schema.add("items", std::move(item));
          if (s.min_size > 0) {
            schema.add("minItems", json_integer(s.min_size));
          }
          if (s.max_size < std::numeric_limits<std::size_t>::max()) {
            schema.add("maxItems", json_integer(s.max_size));
          }
          return schema;
        } else if constexpr (std::is_same_v<S, TextListSlot>) {
          JsonNode schema = typed("array");
          schema.add("items", typed("string"));
          return schema;
        } else if constexpr (std::is_same_v<S, ObjectListSlot>) {
          JsonNode schema = typed("array");
          schema.add("items", value_schema(s.value->entry(s.value->size())));
          schema.add("maxItems", json_integer(s.max_size));
          return schema;
        } else if constexpr (std::is_same_v<S, WordSlot>) {
          return constant(s.word);
        } else if constexpr (std::is_same_v<S, MapSlot>) {
          JsonNode schema = typed("object");
          schema.add("additionalProperties", value_schema(s.sample()));
          return schema;
        } else {
          JsonNode schema = settings_schema(s.fields);
          if (!s.tag_key.empty()) {
            auto& properties = schema.find("properties")->members;
            properties.insert(properties.begin(),
                              JsonMember{std::string(s.tag_key), {}, constant(s.tag_value)});
            require(schema, s.tag_key);
          }
          return schema;
        }
      },
      slot);
}

JsonNode value_schema(const Setting& setting) {
  // Words go into one enum, other forms side by side.
  JsonNode words = json_array();
  JsonNode forms = json_array();
  for (const auto& slot : setting.alternatives) {
    if (const auto* word = std::get_if<WordSlot>(&slot)) {
      words.items.push_back(json_string(word->word));
    } else {
      forms.items.push_back(slot_schema(slot));
    }
  }
  if (!words.items.empty()) {
    JsonNode schema = json_object();
    schema.add("enum", std::move(words));
    forms.items.insert(forms.items.begin(), std::move(schema));
  }
  if (forms.items.size() == 1) return std::move(forms.items.front());
  JsonNode schema = json_object();
  schema.add("anyOf", std::move(forms));
  return schema;
}

/// Required itself, or a group that has a required field.
bool needed(const Setting& setting) {
  if (setting.required) return true;
  if (setting.alternatives.size() != 1) return false;
  const auto* group = std::get_if<ObjectSlot>(&setting.alternatives.front());
  return group && std::ranges::any_of(group->fields, needed);
}

JsonNode described_schema(const Setting& setting) {
  JsonNode schema = value_schema(setting);
  const auto& [text, symbol, source] = setting.description;
  std::string description(text);
  if (!symbol.empty()) description += " (" + std::string(symbol) + ')';
  if (!source.empty()) description += "; " + std::string(source);
  if (!description.empty()) schema.add("description", json_string(description));
  if (!setting.required) {
    JsonNode value = write_value(setting);
    // A group's defaults stand at its fields; an empty text stands for one that depends.
    const auto* object = std::get_if<ObjectSlot>(&setting.alternatives.at(setting.current()));
    const bool group = object && object->tag_key.empty();
    const bool depends = value.kind == JsonNode::Kind::string && value.text.empty();
    if (!group && !depends) schema.add("default", std::move(value));
  }
  return schema;
}

}  // namespace

JsonNode settings_schema(const Settings& settings) {
  JsonNode schema = typed("object");
  JsonNode& properties = schema.add("properties", json_object());
  for (const auto& setting : settings) {
    properties.add(std::string(setting.key), described_schema(setting));
  }
  schema.add("additionalProperties", json_boolean(false));
  for (const auto& setting : settings) {
    if (needed(setting)) require(schema, setting.key);
  }
  return schema;
}

std::string config_schema() {
  WorldConfig world;
  PolicyConfig policy;

  JsonNode root = json_object();
  root.add("$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
  root.add("title", json_string("cbsim experiment"));
  for (auto& member : settings_schema(world.settings()).members) {
    root.members.push_back(std::move(member));
  }

  JsonNode policies = typed("array");
  policies.add("description", json_string("the policies that are compared"));
  policies.add("minItems", json_integer(1));
  policies.add("items", value_schema(policy.setting()));

  JsonNode values = typed("array");
  values.add("minItems", json_integer(1));
  values.add("uniqueItems", json_boolean(true));
  JsonNode sweep = typed("object");
  sweep.add("description", json_string("paths of settings and the values they take; every "
                                       "combination is run, the last path varies fastest"));
  sweep.add("additionalProperties", std::move(values));

  JsonNode& properties = *root.find("properties");
  properties.add("policies", std::move(policies));
  properties.add("sweep", std::move(sweep));
  properties.add("$schema", typed("string"));
  require(root, "policies");
  return pretty_json(root) + '\n';
}

}  // namespace cbsim
