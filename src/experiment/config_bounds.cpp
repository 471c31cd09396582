// What a config may ask of ConfigLoader, so that a few bytes do not take all time and memory.

#include <algorithm>
#include <optional>
#include <string>

#include "cbsim/experiment/config_loader.hpp"

namespace cbsim {
namespace {

constexpr std::size_t kMostCells = 100000;
/// What all grid points hold together of the config.
constexpr std::size_t kMostGridValues = 5000000;

/// The values of a tree, itself among them.
std::size_t count_values(const JsonNode& node) {
  std::size_t count = 1;
  for (const auto& item : node.items) count += count_values(item);
  for (const auto& member : node.members) count += count_values(member.value);
  return count;
}

/// Those of a config that a world has.
std::size_t count_world_values(const JsonNode& root) {
  std::size_t count = 1;
  for (const auto& member : root.members) {
    if (member.key != "policies" && member.key != "sweep") count += count_values(member.value);
  }
  return count;
}

/// The seeds that it asks for, where that is a list or a count; 1 for what the reader refuses.
std::size_t count_seeds(const JsonNode& root) {
  const JsonNode* seeds = root.find("seeds");
  if (!seeds) return 1;
  if (seeds->kind == JsonNode::Kind::array) return seeds->items.size();
  const auto count = seeds->kind == JsonNode::Kind::number ? seeds->integer() : std::nullopt;
  const bool fits = count && *count > 0 && *count <= static_cast<std::int64_t>(kMostRuns);
  return fits ? static_cast<std::size_t>(*count) : 1;
}

}  // namespace

bool ConfigLoader::bound_grid() {
  const JsonNode* sweep = root_.find("sweep");
  const JsonNode* policies = root_.find("policies");
  const auto refuse = [&](std::size_t most, const std::string& what) {
    const std::string rest = " has more than " + std::to_string(most) + ' ' + what +
                             "; split it into several experiments";
    problems_.add(sweep ? sweep->position : root_.position, sweep ? "/sweep" : "",
                  (sweep ? "the grid" : "the config") + rest);
    return false;
  };
  std::size_t cells = 0, held = 0;
  // Each point has a tree of that size, in which any of the values may stand.
  const auto hold = [&](std::size_t size, const Grid& own) {
    for (std::size_t i = 0; i < own.dimensions(); ++i) {
      std::size_t largest = 0;
      for (const auto& value : axes_[own.axis(i)].values) {
        largest = std::max(largest, count_values(value));
      }
      size += largest;
    }
    held += std::min(own.size(), kMostCells + 1) * size;
  };
  const std::size_t items = policies ? policies->items.size() : 0;
  for (std::size_t i = 0; i < items && cells <= kMostCells; ++i) {
    const auto is_own = [i](const Axis& axis) { return axis.policy == i; };
    const auto is_any = [i](const Axis& axis) { return !axis.policy || axis.policy == i; };
    cells += std::min(Grid(axes_, is_any).size(), kMostCells + 1);
    hold(count_values(policies->items[i]), Grid(axes_, is_own));
  }
  const Grid worlds(axes_, [](const Axis& axis) { return !axis.policy; });
  if (items == 0) cells = worlds.size();
  if (cells > kMostCells) return refuse(kMostCells, "points");
  if (const std::size_t seeds = count_seeds(root_); cells * seeds > kMostRuns) {
    problems_.add(root_.find("seeds")->position, "/seeds",
                  std::to_string(cells) + " settings of policies and worlds with " +
                      std::to_string(seeds) + " seeds each are more than " +
                      std::to_string(kMostRuns) + " runs; split them into several experiments");
    return false;
  }
  hold(count_world_values(root_), worlds);
  return held <= kMostGridValues || refuse(kMostGridValues, "values at all its points");
}

}  // namespace cbsim
