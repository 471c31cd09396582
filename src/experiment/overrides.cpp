#include "cbsim/experiment/overrides.hpp"

#include <algorithm>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/config_path.hpp"
#include "cbsim/experiment/seed_list.hpp"
#include "cbsim/experiment/sweep.hpp"

namespace cbsim {
namespace {

using Kind = JsonNode::Kind;

Position flag_position(std::string flag) {
  return {std::make_shared<const std::string>(std::move(flag)), 0, 0};
}

/// JSON, else a string.
JsonNode flag_value(std::string_view text, const Position& position, Problems& problems) {
  Problems found;
  auto value = parse_json(text, position.source, /*flag=*/true, found);
  if (!value) {
    if (!is_utf8(text)) problems.add(position, "", "the value is not text in UTF-8");
    value = json_string(text);
    value->position = position;
    return *value;
  }
  for (const auto& problem : found.list()) problems.add(problem);
  return *value;
}

/// The pieces between commas that stand outside of brackets and quotes.
std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> pieces;
  std::size_t start = 0;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth <= 0) {
      pieces.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  pieces.push_back(text.substr(start));
  return pieces;
}

/// Where a --set has put its value.
struct SetPlace {
  Steps steps;
  Position position;
};

void apply_set(const Override& change, JsonNode& root, Problems& problems,
               std::vector<SetPlace>& places) {
  const Position position = flag_position("--set " + change.path + '=' + change.value);
  const auto steps = resolve_path(root, change.path, position, problems);
  if (!steps) return;
  set_value(root, *steps, flag_value(change.value, position, problems), position);
  places.push_back({*steps, position});
}

/// Complains of values that no run would use, since a sweep puts others in their place.
void refuse_sets_of_swept_paths(const std::vector<SetPlace>& places, const JsonNode& root,
                                Problems& problems) {
  const JsonNode* sweep = root.find("sweep");
  if (!sweep || sweep->kind != Kind::object || sweep->members.size() > kMostSweptPaths) return;
  for (const auto& member : sweep->members) {
    Problems ignored;
    const auto swept = resolve_path(root, member.key, member.position, ignored);
    if (!swept) continue;
    for (const SetPlace& place : places) {
      if (swept->size() > place.steps.size() ||
          !std::equal(swept->begin(), swept->end(), place.steps.begin())) {
        continue;
      }
      problems.add(place.position, pointer_text(place.steps),
                   "would not be used, as " + pointer_text(*swept) +
                       " is swept; give --grid the one value, or take the path out of the sweep");
    }
  }
}

void apply_grid(const Override& grid, JsonNode& root, Problems& problems) {
  const Position position = flag_position("--grid " + grid.path + '=' + grid.value);
  const auto steps = resolve_path(root, grid.path, position, problems);
  if (!steps) return;
  JsonNode list = json_array();
  for (const auto piece : split_list(grid.value)) {
    if (piece.find_first_not_of(' ') == std::string_view::npos) {
      problems.add(position, pointer_text(*steps),
                   "an empty value; expected values with commas between them");
      return;
    }
    list.items.push_back(flag_value(piece, position, problems));
  }
  if (list.items.size() == 1 && list.items[0].kind == Kind::array) {
    JsonNode inner = std::move(list.items[0]);
    list = std::move(inner);
  }
  list.position = position;

  // A grid over a path that the config sweeps already takes its place.
  JsonNode* sweep = root.find("sweep");
  if (sweep && sweep->kind == Kind::object) {
    for (auto& member : sweep->members) {
      Problems ignored;
      const auto other = resolve_path(root, member.key, member.position, ignored);
      if (other != steps) continue;
      if (member.position.text().starts_with("--grid ")) {
        problems.add(position, pointer_text(*steps),
                     "is swept by " + member.position.text() + " already; give all values in one");
        return;
      }
      member = {grid.path, position, std::move(list)};
      return;
    }
  }
  set_value(root, {"sweep", grid.path}, std::move(list), position);
}

JsonNode number_at(Seed value, const Position& position) {
  JsonNode node = json_integer(static_cast<std::int64_t>(value));
  node.position = position;
  return node;
}

void apply_seeds(const std::string& text, JsonNode& root, Problems& problems) {
  const Position position = flag_position("--seeds " + text);
  JsonNode seeds = json_array();
  const bool from_zero = text.starts_with("0:") && text != "0:0";
  if (Seed count = 0; parse_seed(std::string_view(text).substr(from_zero ? 2 : 0), count)) {
    seeds = number_at(count, position);
  } else {
    try {
      const auto list = parse_seeds(text);
      if (list.size() > kMostListedSeeds) {
        throw InputError(std::to_string(list.size()) + " seeds are more than the " +
                         std::to_string(kMostListedSeeds) +
                         " that may be listed; a count may be larger");
      }
      seeds.items.reserve(list.size());
      for (const Seed seed : list) seeds.items.push_back(number_at(seed, position));
    } catch (const InputError& error) {
      problems.add(position, "/seeds", error.what());
      return;
    }
  }
  seeds.position = position;
  set_value(root, {"seeds"}, std::move(seeds), position);
}

}  // namespace

void apply_overrides(const Overrides& overrides, JsonNode& root, Problems& problems) {
  std::vector<SetPlace> places;
  for (const auto& change : overrides.sets) apply_set(change, root, problems, places);
  for (const auto& grid : overrides.grids) apply_grid(grid, root, problems);
  refuse_sets_of_swept_paths(places, root, problems);
  if (!overrides.seeds.empty()) apply_seeds(overrides.seeds, root, problems);
}

}  // namespace cbsim
