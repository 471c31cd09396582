#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/config.hpp"

namespace cbsim {

/// Settings of every kind, as a neural policy has them.
struct ToySettings {
  enum class Gamma { number, self_normalized, theorem };
  enum class Refit { every, schedule };
  enum class RefitSchedule { doubling, determinant };
  enum class Init { symmetric, he, file };
  enum class Rate { automatic, number };

  std::int64_t width = 100;
  Init init = Init::symmetric;
  File weights;
  bool mirrored = false;
  Rate rate_kind = Rate::automatic;
  double rate = 0.0;
  Refit refit = Refit::every;
  std::int64_t every = 1;
  RefitSchedule schedule = RefitSchedule::doubling;
  Gamma gamma_kind = Gamma::number;
  double gamma = 0.1, nu = 1.0, delta = 0.1;
  std::vector<double> constants{1, 1, 1};
  std::string note;
  std::vector<std::string> words;

  Settings settings() {
    return {
        group(
            "network",
            {integer("width", &width, between(1, 1e6), {"neurons of a layer", "m"}),
             one_of("init", &init,
                    {WordSlot{"symmetric"}, WordSlot{"he"},
                     ObjectSlot{{required(file("file", &weights, {"a weights file"})),
                                 boolean("mirrored", &mirrored, {"the file holds both halves"})}}},
                    {"initial weights"})},
            {"the network"}),
        group("training",
              {one_of("learning_rate", &rate_kind, {WordSlot{"auto"}, RealSlot{&rate, above(0)}},
                      {"step size", "η"}),
               one_of("refit", &refit,
                      {ObjectSlot{{integer("every", &every, at_least(1), {"rounds"})}},
                       ObjectSlot{{choice("schedule", &schedule, {"doubling", "determinant"},
                                          {"when to refit"})}}},
                      {"when the network is refitted"})},
              {"the refit"}),
        one_of("gamma", &gamma_kind,
               {RealSlot{&gamma, at_least(0)},
                ObjectSlot{
                    {real("nu", &nu, at_least(0), {"noise", "ν"})}, "schedule", "self_normalized"},
                ObjectSlot{{real("delta", &delta, strictly_between(0, 1), {"risk", "δ"}),
                            {"C", {"constants"}, {RealListSlot{&constants, above(0), 3, 3}}}},
                           "schedule",
                           "theorem"}},
               {"exploration", "γ", "Zhou, Li, Gu 2020"}),
        text("note", &note, {"a remark"}),
        {"words", {"some words"}, {TextListSlot{&words}}},
    };
  }
};

class ToyPolicy final : public PolicySpec {
 public:
  Settings settings() override { return toy.settings(); }
  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    if (toy.width < facts.shape.arms) {
      return {{"network.width", std::to_string(toy.width) + " is below the " +
                                    std::to_string(facts.shape.arms) + " arms"}};
    }
    return {};
  }
  std::unique_ptr<Policy> create(const PolicySetup&) const override { return nullptr; }

  ToySettings toy;
};

/// A world from a file: a line is a round.
class ToyTable final : public EnvironmentSpec {
 public:
  Settings settings() override {
    return {required(file("path", &data, {"the rounds"})),
            integer("arms", &arms, between(1, 100), {"arms"})};
  }
  std::vector<Violation> check() const override {
    if (arms == 13) return {{"arms", "13 is unlucky"}};
    return {};
  }
  void load() override {
    ++loads;
    rounds = std::count(data.content->begin(), data.content->end(), '\n');
    if (data.content->starts_with("bad")) throw InputError(data.path + ":1: bad is no number");
  }
  EnvironmentFacts facts() const override { return {{arms, 1, 1}, rounds, true}; }
  std::unique_ptr<Environment> create(Seed) const override { return nullptr; }

  File data;
  std::int64_t arms = 2;
  Index rounds = 0;
  static inline int loads = 0;
};

inline const Registry& toy_registry() {
  static const std::array environments{
      EnvironmentType{"table", "rounds of a file", "", make_spec<EnvironmentSpec, ToyTable>}};
  static const std::array policies{
      PolicyType{"toy", "Toy", "UCB", "none", "a toy", "", make_spec<PolicySpec, ToyPolicy>}};
  static const Registry registry{environments, policies};
  return registry;
}

}  // namespace cbsim
