#include "cbsim/experiment/config.hpp"

#include <array>
#include <cmath>
#include <unordered_set>

#include "cbsim/experiment/json_tree.hpp"
#include "cbsim/experiment/seed_list.hpp"

namespace cbsim {
namespace {

/// Each calls the one within it.
constexpr std::size_t kMostWrappers = 100;

}  // namespace

Settings RecordSettings::settings() {
  return {
      integer("points", &points, between(2, 1e7),
              {"rows of a regret curve, the first and the last round among them"}),
      choice("spacing", &spacing, {"linear", "log"}, {"spacing of the rows of a regret curve"}),
      boolean("rounds", &rounds, {"write every round to rounds.csv"}),
      boolean("scores", &scores, {"write the scores of every arm to scores.csv"}),
      choice("weights", &weights, {"none", "initial", "final"},
             {"write the network's weights to weights.csv"}),
  };
}

Setting PolicyConfig::setting() {
  return object.setting(
      "policies",
      {text("label", &label, {"name in tables and plots, unique; by default the type"})},
      {"a policy"});
}

Settings WorldConfig::settings() {
  return {
      text("name", &name, {"name of the experiment; by default that of the file"}),
      required(integer("horizon", &horizon, between(1, 1e9), {"rounds of a run", "T"})),
      one_of("seeds", &seeds_form,
             {IntegerSlot{&seed_count, between(1, 1e6)},
              RealListSlot{&seed_list, between(0, 0x1p53 - 1), 1, kMostListedSeeds}},
             {"a count n, for the seeds 0..n-1, or a list of seeds; one run a seed"}),
      environment.setting("environment", {}, {"the world that deals the rounds"},
                          {wrappers_setting()}),
      group("record", record.settings(), {"what is written besides the regret curve"}),
  };
}

Setting WorldConfig::wrappers_setting() {
  return {"wrappers",
          {"changes to the world, each on top of those before it"},
          {ObjectListSlot{&wrappers, kMostWrappers}}};
}

std::vector<Violation> WorldConfig::check() const {
  std::vector<Violation> violations;
  if (const auto why = bad_name(name); !why.empty()) violations.push_back({"name", why});
  if (seeds_form == SeedsForm::list) {
    std::unordered_set<double> seen(seed_list.size());
    for (std::size_t i = 0; i < seed_list.size(); ++i) {
      const double seed = seed_list[i];
      const char* wrong = seed != std::floor(seed)    ? " is not an integer"
                          : !seen.insert(seed).second ? " is in the list already"
                                                      : nullptr;
      if (wrong) {
        violations.push_back({"seeds." + std::to_string(i), shortest_number(seed) + wrong});
      }
    }
  }
  return violations;
}

std::vector<Seed> WorldConfig::seeds() const {
  std::vector<Seed> out;
  if (seeds_form == SeedsForm::list) {
    for (const double seed : seed_list) out.push_back(static_cast<Seed>(seed));
  } else {
    for (std::int64_t seed = 0; seed < seed_count; ++seed) out.push_back(static_cast<Seed>(seed));
  }
  return out;
}

std::string bad_name(std::string_view name) {
  if (name.empty()) return "an empty name; expected some text";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return json_quoted(name) + " has a control character";
  }
  return {};
}

std::string bad_label(std::string_view label) {
  if (auto why = bad_name(label); !why.empty()) return why;
  if (label.find_first_not_of("0123456789") != std::string_view::npos) return {};
  return json_quoted(label) + " is a number, which a path would take for an index; add a word";
}

std::span<const std::string_view> other_config_keys() {
  static constexpr std::array<std::string_view, 3> keys{"policies", "sweep", "$schema"};
  return keys;
}

}  // namespace cbsim
