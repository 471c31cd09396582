#include "cbsim/experiment/setting_paths.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <variant>

#include "cbsim/experiment/config.hpp"
#include "cbsim/experiment/config_path.hpp"
#include "cbsim/experiment/input_file.hpp"

namespace cbsim {
namespace {

using Kind = JsonNode::Kind;

constexpr std::size_t kMostBytes = std::size_t{4} << 20;  // a key press should not wait for more

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + '.' + std::string(key);
}

class Walk {
 public:
  /// The settings below `node`, which may be nullptr.
  void fields(const Settings& settings, const JsonNode* node, const std::string& path) {
    for (const auto& setting : settings) {
      visit(setting, node ? node->find(setting.key) : nullptr, joined(path, setting.key));
    }
  }

  void visit(const Setting& setting, const JsonNode* node, const std::string& path) {
    SettingPath found{path, {}};
    bool is_value = false;
    for (const auto& slot : setting.alternatives) {
      if (const auto* object = std::get_if<ObjectSlot>(&slot)) {
        visit_object(setting, *object, node, path);
        continue;
      }
      if (const auto* list = std::get_if<ObjectListSlot>(&slot)) {
        const std::size_t size = node ? node->items.size() : 0;
        for (std::size_t i = 0; i < size; ++i) {
          visit(list->value->entry(list->value->size()), &node->items[i],
                joined(path, std::to_string(i)));
        }
      } else if (const auto* word = std::get_if<WordSlot>(&slot)) {
        found.values.emplace_back(word->word);
      } else if (std::holds_alternative<BooleanSlot>(slot)) {
        found.values.insert(found.values.end(), {"true", "false"});
      }
      is_value = true;
    }
    if (is_value) paths.push_back(std::move(found));
  }

  std::vector<SettingPath> paths;

 private:
  void visit_object(const Setting& setting, const ObjectSlot& object, const JsonNode* node,
                    const std::string& path) {
    if (object.tag_key.empty()) return fields(object.fields, node, path);
    const JsonNode* tag = node ? node->find(object.tag_key) : nullptr;
    if (!tag || tag->kind != Kind::string || tag->text != object.tag_value) return;
    SettingPath type{joined(path, object.tag_key), {}};
    for (const auto& slot : setting.alternatives) {
      const auto* other = std::get_if<ObjectSlot>(&slot);
      if (other && other->tag_key == object.tag_key) type.values.emplace_back(other->tag_value);
    }
    paths.push_back(std::move(type));
    fields(object.fields, node, path);
  }
};

/// What stands for each policy in a path: its label, or its index where that is no plain word.
std::vector<std::string> policy_names(const JsonNode& policies) {
  std::vector<std::string> names;
  std::multiset<std::string_view> labels;
  for (const auto& policy : policies.items) labels.insert(policy_label(policy));
  for (std::size_t i = 0; i < policies.items.size(); ++i) {
    const auto label = policy_label(policies.items[i]);
    const bool plain = !label.empty() && std::ranges::all_of(label, [](unsigned char c) {
      return (c < 128 && std::isalnum(c) != 0) || c == '_' || c == '-';
    });
    const bool unique = labels.count(label) == 1;
    names.push_back(plain && unique ? std::string(label) : std::to_string(i));
  }
  return names;
}

}  // namespace

std::vector<SettingPath> setting_paths(const std::string& config) {
  Problems ignored;
  const auto source = std::make_shared<const std::string>(config);
  const auto root =
      parse_json(read_input(config, {.bytes = kMostBytes}), source, /*flag=*/false, ignored);
  Walk walk;
  if (!root || root->kind != Kind::object) return {};
  WorldConfig world;
  walk.fields(world.settings(), &*root, "");
  const JsonNode* policies = root->find("policies");
  if (!policies || policies->kind != Kind::array) return std::move(walk.paths);
  const auto names = policy_names(*policies);
  PolicyConfig policy;
  for (std::size_t i = 0; i < names.size(); ++i) {
    walk.visit(policy.setting(), &policies->items[i], "policies." + names[i]);
  }
  return std::move(walk.paths);
}

}  // namespace cbsim
