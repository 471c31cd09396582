#include "cbsim/experiment/config_path.hpp"

#include <algorithm>

namespace cbsim {
namespace {

using Kind = JsonNode::Kind;

std::string no_policy(std::string_view name, const JsonNode& policies) {
  std::vector<std::string_view> labels;
  for (const auto& policy : policies.items) labels.push_back(policy_label(policy));
  const std::string message = "no policy " + json_quoted(name);
  if (const auto near = suggestion(name, labels); !near.empty()) return message + near;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    known.push_back(std::to_string(i));
    if (!labels[i].empty()) known.back() += " (" + std::string(labels[i]) + ')';
  }
  return message + (known.empty() ? "; there are none" : "; expected " + alternatives(known));
}

struct PolicyStep {
  std::size_t index;
  std::size_t length;  ///< of its text
};

/// The policy whose label, else whose index, `rest` begins with.
std::optional<PolicyStep> find_policy(const JsonNode& policies, std::string_view rest) {
  std::optional<PolicyStep> found;
  for (std::size_t i = 0; i < policies.items.size(); ++i) {
    const auto label = policy_label(policies.items[i]);
    const bool fits = !label.empty() && rest.starts_with(label) &&
                      (rest.size() == label.size() || rest[label.size()] == '.');
    if (fits && (!found || label.size() > found->length)) found = {i, label.size()};
  }
  if (found) return found;
  const auto end = std::min(rest.find('.'), rest.size());
  const JsonNode* item = policies.child(rest.substr(0, end));
  if (!item) return std::nullopt;
  return PolicyStep{static_cast<std::size_t>(item - policies.items.data()), end};
}

}  // namespace

std::string_view policy_label(const JsonNode& policy) {
  for (const char* key : {"label", "type"}) {
    const auto* value = policy.find(key);
    if (value && value->kind == Kind::string) return value->text;
  }
  return {};
}

std::string pointer_text(const Steps& steps) {
  std::string pointer;
  for (const auto& step : steps) pointer = child_pointer(pointer, step);
  return pointer;
}

std::optional<Steps> resolve_path(const JsonNode& root, std::string_view path,
                                  const Position& position, Problems& problems) {
  const auto refuse = [&](const Steps& place, std::string message) {
    problems.add(position, pointer_text(place), std::move(message));
    return std::nullopt;
  };
  Steps steps;
  const JsonNode* node = &root;
  std::string_view rest = path;
  for (bool more = true; more;) {
    const bool one_key = steps.size() == 1 && steps[0] == "sweep";
    const bool policies =
        steps.size() == 1 && steps[0] == "policies" && node && node->kind == Kind::array;
    auto end = one_key ? rest.size() : std::min(rest.find('.'), rest.size());
    std::string step(rest.substr(0, end));
    if (step.empty())
      return refuse({}, json_quoted(path) + " is not a path; expected keys with dots");
    if (policies) {
      const auto policy = find_policy(*node, rest);
      if (!policy) return refuse(steps, no_policy(step, *node));
      step = std::to_string(policy->index);
      end = policy->length;
    } else if (node && node->kind == Kind::array && !node->child(step)) {
      return refuse(steps, "no entry " + json_quoted(step) + "; the list has " +
                               std::to_string(node->items.size()));
    }
    if (steps.size() == kMaxJsonDepth) return refuse({}, "a path with too many dots");
    node = node ? node->child(step) : nullptr;
    steps.push_back(std::move(step));
    more = end < rest.size();
    rest.remove_prefix(more ? end + 1 : end);
  }
  return steps;
}

void set_value(JsonNode& node, const Steps& steps, JsonNode value, const Position& position) {
  JsonNode* at = &node;
  for (const auto& step : steps) {
    JsonNode* next = at->child(step);
    if (!next) {
      if (at->kind != Kind::object) {
        *at = json_object();
        at->position = position;
      }
      at->members.push_back({step, position, json_object()});
      next = &at->members.back().value;
      next->position = position;
    }
    at = next;
  }
  *at = std::move(value);
}

const JsonNode* find_value(const JsonNode& node, const Steps& steps) {
  const JsonNode* at = &node;
  for (const auto& step : steps) {
    if (at) at = at->child(step);
  }
  return at;
}

}  // namespace cbsim
