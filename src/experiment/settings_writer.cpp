#include "cbsim/experiment/settings_writer.hpp"

#include <type_traits>

namespace cbsim {
namespace {

JsonNode write_slot(const Slot& slot, const FileText& file_text) {
  return std::visit(
      [&](const auto& s) {
        using S = std::decay_t<decltype(s)>;
        if constexpr (std::is_same_v<S, RealSlot>) {
          return json_number(*s.value);
        } else if constexpr (std::is_same_v<S, IntegerSlot>) {
          return json_integer(*s.value);
        } else if constexpr (std::is_same_v<S, BooleanSlot>) {
          return json_boolean(*s.value);
        } else if constexpr (std::is_same_v<S, TextSlot>) {
          return json_string(*s.value);
        } else if constexpr (std::is_same_v<S, FileSlot>) {
          JsonNode node = json_string(file_text(*s.value));
          node.role = JsonNode::Role::file;
          return node;
        } else if constexpr (std::is_same_v<S, RealListSlot>) {
          JsonNode node = json_array();
          for (const double value : *s.value) node.items.push_back(json_number(value));
          return node;
        } else if constexpr (std::is_same_v<S, TextListSlot>) {
          JsonNode node = json_array();
          for (const auto& value : *s.value) node.items.push_back(json_string(value));
          return node;
        } else if constexpr (std::is_same_v<S, ObjectListSlot>) {
          JsonNode node = json_array();
          for (std::size_t i = 0; i < s.value->size(); ++i) {
            node.items.push_back(write_value(s.value->entry(i), file_text));
          }
          return node;
        } else if constexpr (std::is_same_v<S, WordSlot>) {
          return json_string(s.word);
        } else if constexpr (std::is_same_v<S, MapSlot>) {
          JsonNode node = json_object();
          const auto keys = s.keys();
          for (std::size_t i = 0; i < keys.size(); ++i) {
            node.add(keys[i], write_value(s.value(i), file_text));
          }
          return node;
        } else {
          JsonNode node = json_object();
          if (!s.tag_key.empty()) {
            JsonNode tag = json_string(s.tag_value);
            tag.role = JsonNode::Role::tag;
            node.add(std::string(s.tag_key), std::move(tag));
          }
          JsonNode fields = write_settings(s.fields, file_text);
          for (auto& member : fields.members) node.members.push_back(std::move(member));
          return node;
        }
      },
      slot);
}

}  // namespace

std::string file_path(const File& file) { return file.path; }

JsonNode write_value(const Setting& setting, const FileText& file_text) {
  return write_slot(setting.alternatives.at(setting.current()), file_text);
}

JsonNode write_settings(const Settings& settings, const FileText& file_text) {
  JsonNode object = json_object();
  for (const auto& setting : settings) {
    object.add(std::string(setting.key), write_value(setting, file_text));
  }
  return object;
}

}  // namespace cbsim
