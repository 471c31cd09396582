#include "cbsim/experiment/config_loader.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/settings_writer.hpp"

namespace cbsim {
namespace {

using Kind = JsonNode::Kind;

/// With more errors than this reading stops.
constexpr std::size_t kMostProblems = 10000;

std::string pointer_of(std::size_t policy) { return "/policies/" + std::to_string(policy); }

std::string type_name(const JsonNode* node) {
  const JsonNode* type = node ? node->find("type") : nullptr;
  return type && type->kind == Kind::string ? type->text : std::string();
}

std::vector<std::string> names(const Grid& grid) {
  std::vector<std::string> out(grid.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = grid.name(i);
  return out;
}

}  // namespace

ConfigLoader::ConfigLoader(const JsonNode& root, std::string folder, std::string default_name,
                           Problems& problems, Registry registry)
    : root_(root),
      folder_(std::move(folder)),
      default_name_(std::move(default_name)),
      problems_(problems),
      registry_(registry) {}

Experiment ConfigLoader::load() {
  axes_ = read_axes(root_, problems_);
  if (!bound_grid()) return {};
  world_grid_ = Grid(axes_, [](const Axis& axis) { return !axis.policy; });

  // Read everything before any data is loaded, then load whatever was read without error.
  read_worlds();
  read_policies();
  if (read_problems_ > kMostProblems) {
    report();
    return {};
  }
  check_labels();
  load_worlds();
  load_policies();
  for (std::size_t i = 0; i < entries_.size(); ++i) check_cells(i);
  report();
  if (!problems_.empty()) return {};

  const WorldConfig& world = *worlds_.front().config;
  const auto values = axis_values();
  Experiment experiment;
  experiment.name = world.name;
  experiment.seeds = world.seeds();
  for (const auto& axis : axes_) experiment.swept_paths.push_back(axis.path);
  experiment.cells = cells(values);
  experiment.record = world.record;
  experiment.resolved_json = pretty_json(resolved(values)) + '\n';
  return experiment;
}

void ConfigLoader::read_worlds() {
  JsonNode base = root_;
  std::erase_if(base.members, [](const JsonMember& member) {
    return member.key == "policies" || member.key == "sweep";
  });
  for (std::size_t i = 0; i < world_grid_.size() && read_problems_ <= kMostProblems; ++i) {
    World& world = worlds_.emplace_back();
    world.tree = world_grid_.apply(base, i);
    world.config =
        std::make_unique<WorldConfig>(registry_, type_name(world.tree.find("environment")));
    world.config->name = default_name_;
    SettingsReader reader(folder_, world.problems);
    reader.read(world.tree, world.config->settings(), "", other_config_keys());
    world.files = reader.files();
    std::set<std::string> unread;
    for (const Problem& problem : world.problems.list()) {
      unread.insert(problem.pointer.substr(0, problem.pointer.find('/', 1)));
    }
    auto violations = world.config->check();
    std::erase_if(violations, [&](const Violation& violation) {
      return unread.contains('/' + violation.path.substr(0, violation.path.find('.')));
    });
    add_violations(violations, world.tree, "", world.problems);
    read_problems_ += world.problems.size();
  }
}

void ConfigLoader::read_policies() {
  const JsonNode* policies = root_.find("policies");
  const std::string expected = "expected a list of policies, [{\"type\": ...}, ...]";
  if (!policies) {
    problems_.add(root_.position, "/policies", "missing; " + expected);
  } else if (policies->kind != Kind::array) {
    problems_.add(policies->position, "/policies", described(*policies) + "; " + expected);
  } else if (policies->items.empty()) {
    problems_.add(policies->position, "/policies", "an empty list; " + expected);
  } else {
    for (std::size_t i = 0; i < policies->items.size() && read_problems_ <= kMostProblems; ++i) {
      read_policy(i, policies->items[i]);
    }
  }
}

void ConfigLoader::read_policy(std::size_t index, const JsonNode& node) {
  Entry& entry = entries_.emplace_back();
  entry.own = Grid(axes_, [&](const Axis& axis) { return axis.policy == index; });
  entry.all = Grid(axes_, [&](const Axis& axis) { return !axis.policy || axis.policy == index; });
  for (std::size_t q = 0; q < entry.own.size() && read_problems_ <= kMostProblems; ++q) {
    PolicyPoint& point = entry.points.emplace_back();
    point.tree = entry.own.apply(node, q);
    const std::string type = type_name(&point.tree);
    point.config = std::make_unique<PolicyConfig>(registry_, type);
    SettingsReader reader(folder_, point.problems);
    reader.read_value(point.tree, point.config->setting(), pointer_of(index));
    point.files = reader.files();
    if (!point.tree.find("label")) {
      point.config->label = type;
    } else if (point.problems.empty()) {
      const auto why = bad_label(point.config->label);
      if (!why.empty())
        add_violations({{"label", why}}, point.tree, pointer_of(index), point.problems);
    }
    read_problems_ += point.problems.size();
  }
}

void ConfigLoader::check_labels() {
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const PolicyPoint& point = entries_[i].points.front();
    const std::string& label = point.config->label;
    const auto [found, is_new] = first.emplace(label, i);
    if (is_new || label.empty()) continue;
    const std::string message = json_quoted(label) + " is also the label of policy " +
                                std::to_string(found->second) + "; give one of them another label";
    add_violations({{"label", message}}, point.tree, pointer_of(i), problems_);
  }
}

void ConfigLoader::load_files(const std::vector<FileUse>& files, Problems& problems) {
  for (const auto& use : files) {
    try {
      store_.load(*use.file);
    } catch (const InputError& error) {
      problems.add(use.position, use.pointer, error.what());
    } catch (const IoError& error) {
      problems.add({use.position, use.pointer, error.what(), /*io=*/true});
    }
  }
}

void ConfigLoader::load_worlds() {
  std::map<std::string, World*> loaded;  // by settings
  for (auto& world : worlds_) {
    if (!world.problems.empty()) continue;
    const auto settings = compact_json(write_value(world.config->environment.setting("", {}, {})));
    const auto [found, is_new] = loaded.emplace(settings, &world);
    if (is_new) {
      load_world(world);
    } else {
      const World& twin = *found->second;
      world.environment = twin.environment;
      world.facts = twin.facts;
      for (const auto& problem : twin.problems.list()) {
        if (problem.pointer.starts_with("/environment")) world.problems.add(problem);
      }
      if (twin.ready) load_files(world.files, world.problems);  // those of its wrappers
      world.ready = world.problems.empty();
    }
  }
  for (auto& world : worlds_) {
    if (world.ready) wrap_world(world);
    if (world.ready) check_horizon(world);
  }
}

void ConfigLoader::load_world(World& world) {
  const auto& spec = world.config->environment.spec();
  const JsonNode& tree = *world.tree.find("environment");
  load_files(world.files, world.problems);
  if (!world.problems.empty()) return;
  add_violations(spec->check(), tree, "/environment", world.problems);
  if (!world.problems.empty()) return;
  try {
    spec->load();
  } catch (const InputError& error) {
    world.problems.add(tree.position, "/environment", error.what());
    return;
  } catch (const IoError& error) {
    world.problems.add({tree.position, "/environment", error.what(), /*io=*/true});
    return;
  }
  world.facts = spec->facts();
  world.environment = spec;
  world.ready = true;
}

void ConfigLoader::wrap_world(World& world) {
  const auto& wrappers = world.config->wrappers;
  const JsonNode& tree = *world.tree.find("environment");
  for (std::size_t i = 0; i < wrappers.size() && world.ready; ++i) {
    auto violations = wrappers.spec(i)->check(world.facts);
    for (auto& violation : violations) {
      violation.path = "wrappers." + std::to_string(i) + '.' + violation.path;
    }
    add_violations(violations, tree, "/environment", world.problems);
    world.ready = violations.empty();
    world.environment = wrap(std::move(world.environment), wrappers.spec(i));
    world.facts = world.environment->facts();
  }
}

void ConfigLoader::check_horizon(World& world) {
  const std::int64_t horizon = world.config->horizon;
  if (horizon <= world.facts.rounds) return;
  const std::string rounds = std::to_string(world.facts.rounds);
  add_violations({{"horizon", std::to_string(horizon) + " is beyond the " + rounds +
                                  " rounds that the data of the environment " +
                                  json_quoted(world.config->environment.type().name) +
                                  " have; ask for at most " + rounds}},
                 world.tree, "", world.problems);
}

void ConfigLoader::load_policies() {
  for (auto& entry : entries_) {
    for (auto& point : entry.points) {
      if (point.problems.empty()) load_files(point.files, point.problems);
      point.ready = point.problems.empty();
    }
  }
}

void ConfigLoader::check_cells(std::size_t index) {
  const Entry& entry = entries_[index];
  std::vector<Problems> points(entry.all.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto at = indices(entry, i);
    const World& world = worlds_[world_grid_.point(at)];
    const PolicyPoint& policy = entry.points[entry.own.point(at)];
    if (!world.ready || !policy.ready) continue;
    add_violations(policy.config->object.spec()->check(world.facts), policy.tree, pointer_of(index),
                   points[i]);
  }
  problems_.add_grid(points, names(entry.all));
}

void ConfigLoader::report() {
  const auto add = [&](const auto& items, const Grid& grid) {
    std::vector<Problems> points;
    points.reserve(items.size());
    for (const auto& item : items) points.push_back(item.problems);
    problems_.add_grid(points, names(grid));
  };
  add(worlds_, world_grid_);
  for (const auto& entry : entries_) add(entry.points, entry.own);
}

std::vector<std::size_t> ConfigLoader::indices(const Entry& entry, std::size_t point) const {
  std::vector<std::size_t> all(axes_.size(), 0);
  const auto own = entry.all.at(point);
  for (std::size_t i = 0; i < own.size(); ++i) all[entry.all.axis(i)] = own[i];
  return all;
}

}  // namespace cbsim
