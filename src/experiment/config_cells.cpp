// The second half of ConfigLoader: an error-free config becomes cells and the resolved config.

#include <algorithm>
#include <filesystem>
#include <set>

#include "cbsim/experiment/config_loader.hpp"
#include "cbsim/experiment/settings_writer.hpp"

namespace cbsim {
namespace {

/// What regret.csv shows of the values of an axis. Data files are told apart by name where that
/// suffices, so that the table does not depend on where they lie.
std::vector<std::string> column_texts(const std::vector<JsonNode>& values) {
  std::vector<std::string> texts;
  std::set<std::string> names;
  for (const auto& value : values) {
    names.insert(std::filesystem::path(value.text).filename().string());
  }
  for (const auto& value : values) {
    if (value.role == JsonNode::Role::file && names.size() == values.size()) {
      texts.push_back(std::filesystem::path(value.text).filename().string());
    } else {
      texts.push_back(value.kind == JsonNode::Kind::string ? value.text : compact_json(value));
    }
  }
  return texts;
}

/// Where a tag is swept, defaults of one form must not be written, as the other forms may lack
/// them or have others: of that object only what the user wrote stays.
void drop_defaults(JsonNode& written, const JsonNode& tree, const Steps& steps) {
  const JsonNode* tag = find_value(written, steps);
  if (!tag || tag->role != JsonNode::Role::tag) return;
  const Steps parent(steps.begin(), steps.end() - 1);
  const JsonNode* user = find_value(tree, parent);
  JsonNode& object = const_cast<JsonNode&>(*find_value(written, parent));
  std::erase_if(object.members, [&](const JsonMember& member) {
    return member.value.role != JsonNode::Role::tag && !(user && user->find(member.key));
  });
}

}  // namespace

std::vector<std::vector<JsonNode>> ConfigLoader::axis_values() const {
  std::vector<std::vector<JsonNode>> values(axes_.size());
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const Axis& axis = axes_[a];
    std::vector<std::size_t> at(axes_.size(), 0);
    for (std::size_t i = 0; i < axis.values.size(); ++i) {
      at[a] = i;
      const JsonNode written =
          axis.policy ? write_value(entries_[*axis.policy]
                                        .points[entries_[*axis.policy].own.point(at)]
                                        .config->setting())
                      : write_settings(worlds_[world_grid_.point(at)].config->settings());
      const JsonNode* value = find_value(written, axis.steps);
      values[a].push_back(value ? *value : axis.values[i]);
    }
  }
  return values;
}

std::vector<Cell> ConfigLoader::cells(const std::vector<std::vector<JsonNode>>& values) const {
  std::vector<std::vector<std::string>> texts;
  texts.reserve(values.size());
  for (const auto& axis : values) texts.push_back(column_texts(axis));
  std::vector<Cell> cells;
  for (std::size_t p = 0; p < entries_.size(); ++p) {
    const Entry& entry = entries_[p];
    for (std::size_t i = 0; i < entry.all.size(); ++i) {
      const auto at = indices(entry, i);
      const World& world = worlds_[world_grid_.point(at)];
      const PolicyPoint& policy = entry.points[entry.own.point(at)];
      Cell& cell = cells.emplace_back();
      cell.policy_label = policy.config->label;
      cell.policy_type = &policy.config->object.type();
      cell.policy = policy.config->object.spec();
      cell.environment_type = &world.config->environment.type();
      cell.environment = world.environment;
      cell.horizon = world.config->horizon;
      for (std::size_t a = 0; a < axes_.size(); ++a) {
        const bool applies = !axes_[a].policy || axes_[a].policy == p;
        cell.swept_values.push_back(applies ? texts[a][at[a]] : std::string());
      }
      cell.identity = identity(world, policy);
    }
  }
  return cells;
}

std::string ConfigLoader::identity(const World& world, const PolicyPoint& policy) const {
  const FileText hash = [this](const File& file) { return "xxh3:" + store_.hash(file); };
  const auto typed = [&](std::string_view type, const Settings& settings) {
    JsonNode object = json_object();
    object.add("type", json_string(type));
    for (auto& member : write_settings(settings, hash).members) {
      object.members.push_back(std::move(member));
    }
    return object;
  };
  JsonNode object = json_object();
  const auto& rule = policy.config->object;
  const auto& environment = world.config->environment;
  object.add("policy", typed(rule.type().name, rule.spec()->settings()));
  JsonNode& dealt =
      object.add("environment", typed(environment.type().name, environment.spec()->settings()));
  if (world.config->wrappers.size() > 0) {
    dealt.add("wrappers", write_value(world.config->wrappers_setting(), hash));
  }
  object.add("horizon", json_integer(world.config->horizon));
  object.add("record", write_settings(world.config->record.settings()));
  return compact_json(object);
}

JsonNode ConfigLoader::resolved(const std::vector<std::vector<JsonNode>>& values) const {
  // Swept settings show the values of the first grid point; "sweep" replaces them anyway.
  JsonNode written = write_settings(worlds_.front().config->settings());
  for (const auto& axis : axes_) {
    if (!axis.policy) drop_defaults(written, worlds_.front().tree, axis.steps);
  }
  JsonNode policies = json_array();
  for (std::size_t p = 0; p < entries_.size(); ++p) {
    const PolicyPoint& point = entries_[p].points.front();
    JsonNode& policy = policies.items.emplace_back(write_value(point.config->setting()));
    for (const auto& axis : axes_) {
      if (axis.policy == p) drop_defaults(policy, point.tree, axis.steps);
    }
  }
  JsonNode own = json_object();
  own.add("policies", std::move(policies));
  JsonNode& sweep = own.add("sweep", json_object());
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    sweep.add(axes_[a].path, json_array(values[a]));
  }
  written.members.insert(std::ranges::find(written.members, "record", &JsonMember::key),
                         std::make_move_iterator(own.members.begin()),
                         std::make_move_iterator(own.members.end()));
  return written;
}

}  // namespace cbsim
