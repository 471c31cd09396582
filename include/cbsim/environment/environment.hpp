#pragma once

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

/// A contextual bandit problem with its seed chosen.
class Environment {
 public:
  virtual ~Environment() = default;
  /// Deals round t >= 1 into `round`, whose storage is reused. A pure function of the seed and t.
  virtual void deal(Index t, Round& round) = 0;
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
};

/// One line of the table of environments.
struct EnvironmentType {
  std::string_view name;     ///< the config's "type"
  std::string_view summary;  ///< one line
  std::string_view source;   ///< paper and equation
  std::unique_ptr<EnvironmentSpec> (*make)();
};

}  // namespace cbsim
