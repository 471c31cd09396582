#include "cbsim/experiment/sweep.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "cbsim/experiment/settings_reader.hpp"

namespace cbsim {
namespace {

using Kind = JsonNode::Kind;

/// Why the value at these steps cannot be swept, or nothing.
std::string not_sweepable(const Steps& steps) {
  const std::string& top = steps.front();
  const std::string rest =
      "; sweep the horizon, settings of the environment or settings of a policy";
  for (const char* key : {"name", "seeds", "record", "sweep", "$schema"}) {
    if (top == key) return json_quoted(top) + " cannot be swept" + rest;
  }
  if (top != "policies") return {};
  if (steps.size() < 3) return "whole policies cannot be swept; list them as policies" + rest;
  if (steps[2] == "label" || steps[2] == "type") {
    return "the " + steps[2] + " of a policy cannot be swept; list several policies instead";
  }
  return {};
}

bool begins_with(const Steps& steps, const Steps& start) {
  return start.size() <= steps.size() && std::equal(start.begin(), start.end(), steps.begin());
}

void check_values(const JsonNode& list, const std::string& pointer, Problems& problems) {
  if (list.items.empty()) problems.add(list.position, pointer, "an empty list; nothing would run");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    std::string text = compact_json(list.items[i]);
    const auto [entry, is_new] = seen.insert(std::move(text));
    if (is_new) continue;
    problems.add(list.items[i].position, item_pointer(pointer, i),
                 cut(*entry) + " is in the list already");
  }
}

}  // namespace

std::vector<Axis> read_axes(const JsonNode& root, Problems& problems) {
  std::vector<Axis> axes;
  const JsonNode* sweep = root.find("sweep");
  if (!sweep) return axes;
  if (sweep->kind != Kind::object) {
    problems.add(sweep->position, "/sweep",
                 described(*sweep) + "; expected an object of paths and lists of values");
    return axes;
  }
  if (sweep->members.size() > kMostSweptPaths) {
    problems.add(sweep->position, "/sweep",
                 std::to_string(sweep->members.size()) + " paths, more than " +
                     std::to_string(kMostSweptPaths) + "; split it into several experiments");
    return axes;
  }
  std::vector<Steps> earlier;
  for (const auto& [path, position, list] : sweep->members) {
    const std::string pointer = child_pointer("/sweep", path);
    if (list.kind != Kind::array) {
      problems.add(list.position, pointer, described(list) + "; expected a list of values");
      continue;
    }
    const auto before = problems.size();
    check_values(list, pointer, problems);
    auto steps = resolve_path(root, path, position, problems);
    if (!steps) continue;
    if (const auto why = not_sweepable(*steps); !why.empty()) {
      problems.add(position, pointer, why);
      continue;
    }
    for (std::size_t i = 0; i < earlier.size(); ++i) {
      if (begins_with(*steps, earlier[i]) || begins_with(earlier[i], *steps)) {
        problems.add(position, pointer, "overlaps another swept path, " + pointer_text(earlier[i]));
      }
    }
    earlier.push_back(*steps);
    if (problems.size() > before) continue;
    std::optional<std::size_t> policy;
    if (steps->front() == "policies") {
      const JsonNode* policies = root.find("policies");
      if (!policies || policies->kind != Kind::array) continue;  // reported where it is read
      policy = std::stoul((*steps)[1]);
      steps->erase(steps->begin(), steps->begin() + 2);
    }
    axes.push_back({path, position, std::move(*steps), policy, list.items});
  }
  return axes;
}

std::size_t Grid::size() const {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  std::size_t product = 1;
  for (const auto* axis : axes_) {
    product = product > kMost / axis->values.size() ? kMost : product * axis->values.size();
  }
  return product;
}

std::vector<std::size_t> Grid::at(std::size_t point) const {
  std::vector<std::size_t> indices(axes_.size());
  for (std::size_t i = axes_.size(); i-- > 0;) {
    indices[i] = point % axes_[i]->values.size();
    point /= axes_[i]->values.size();
  }
  return indices;
}

std::size_t Grid::point(const std::vector<std::size_t>& all) const {
  std::size_t point = 0;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    point = point * axes_[i]->values.size() + all[numbers_[i]];
  }
  return point;
}

JsonNode Grid::apply(JsonNode node, std::size_t point) const {
  const auto indices = at(point);
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    set_value(node, axes_[i]->steps, axes_[i]->values[indices[i]], axes_[i]->position);
  }
  return node;
}

std::string Grid::name(std::size_t point) const {
  const auto indices = at(point);
  std::string out;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    out += (i > 0 ? ", " : "") + axes_[i]->path + '=' +
           cut(compact_json(axes_[i]->values[indices[i]]));
  }
  return out;
}

}  // namespace cbsim
