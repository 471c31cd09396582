#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// What an environment deals: the contexts of all arms, the reward each arm would give, and, where
/// it is known, the expected reward of each arm. A policy sees the contexts and the reward of the
/// arm that it played; only `simulate` sees the rest.
struct Round {
  Contexts contexts;
  Vector rewards;   ///< K
  Vector expected;  ///< K, or empty where unknown
};

/// A contextual bandit problem with its seed chosen. All of it is a pure function of the seed and
/// the round.
class Environment {
 public:
  virtual ~Environment() = default;

  /// Deals round t >= 1 into `round`, whose storage is reused.
  virtual void deal(Index t, Round& round) = 0;
  /// How many rounds it can deal; a run that wants more ends there.
  virtual Index length() const { return kUnlimitedRounds; }

  /// Whether the reward of `arm` in the dealt round is known. Where it is not, the round is passed
  /// over, as if the policy had never been asked, and does not count (replay of a log).
  virtual bool accepts(Index /*dealt*/, Index /*arm*/) const { return true; }

  /// The round t' >= t at whose end the reward of round t arrives; both count the rounds played.
  virtual Index arrival(Index t) const { return t; }

  /// Draws the rewards of round t anew, from its own noise, around the expected rewards that
  /// `round` holds. Only of an environment with a hidden parameter (EnvironmentFacts).
  virtual void draw_rewards(Index t, Round& round);
};

/// An environment as a config describes it, before a seed is chosen. Immutable once loaded; shared
/// between the runs of an experiment, which may call `create` at the same time.
class EnvironmentSpec : public Described {
 public:
  /// Rules between settings, checked before `load`.
  virtual std::vector<Violation> check() const { return {}; }
  /// Parses the files of the settings, once. Throws InputError naming file, line, value and rule.
  virtual void load() {}
  /// Valid after `load`.
  virtual EnvironmentFacts facts() const = 0;
  virtual std::unique_ptr<Environment> create(Seed seed) const = 0;
  /// The same contexts and noise with another hidden parameter: the draws number 0, 1, 2, ... are
  /// independent, and `create` takes number 0. Others exist where the facts name a hidden
  /// parameter.
  virtual std::unique_ptr<Environment> create_with_draw(Seed seed, std::uint64_t draw) const;
};

/// One line of the table of environments.
struct EnvironmentType {
  std::string_view name;     ///< the config's "type"
  std::string_view summary;  ///< one line
  std::string_view source;   ///< paper and equation
  std::unique_ptr<EnvironmentSpec> (*make)();
};

}  // namespace cbsim
