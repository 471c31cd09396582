#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/cost.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/core/outcome.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// The scores of the last choice, K each; a vector that the policy lacks is empty.
struct Scores {
  Vector mean;   ///< predicted reward
  Vector bonus;  ///< what exploration adds
  Vector score;  ///< what was maximised; where arms are drawn (SquareCB), their probabilities
};

/// An exploration rule: chooses an arm a round and learns from the rewards that arrive.
class Policy {
 public:
  virtual ~Policy() = default;

  /// The arm to play, in 0..K-1. `dealt` counts the rounds that the environment has dealt, and is
  /// for the policy's own draws: each has a number of its own. In the replay of a log a round may
  /// be passed over; then no `update` follows, and all must be as if `choose` had not been called.
  virtual Index choose(Index dealt, const Contexts& contexts) = 0;

  /// The end of a round, after its `choose`: the arm played and the rewards that have arrived, of
  /// any rounds. `outcome.round` counts the rounds played, and is the clock of schedules.
  virtual void update(const Outcome& outcome) = 0;

  /// True for a policy that must be shown the expected rewards (the oracle); then `simulate` calls
  /// `reveal` before each `choose`, and for no other policy.
  virtual bool clairvoyant() const { return false; }
  virtual void reveal(const Vector& /*expected*/) {}

  /// Of the last `choose`.
  virtual const Scores& scores() const;
  /// After the last `update`.
  virtual Diagnostics diagnostics() const { return {}; }
  /// All weights in the order of weights.csv (`initial`: those of round 0); empty if there are
  /// none.
  virtual Vector weights(bool /*initial*/) const { return {}; }

  /// Saves or restores what is remembered between an `update` and the next `choose`; nothing by
  /// default.
  virtual void state(StateArchive& /*archive*/) {}
};

/// A policy as a config describes it, before a seed is chosen. Shared between the runs of an
/// experiment, which may call `create` at the same time.
class PolicySpec : public Described {
 public:
  /// Rules between the settings, and between them and the environment.
  virtual std::vector<Violation> check(const EnvironmentFacts& /*facts*/) const { return {}; }
  /// What a run of `horizon` rounds will cost, for `--dry-run` and for the refusal of what does not
  /// fit into memory. By default next to nothing.
  virtual RunCost cost(const EnvironmentFacts& facts, Index horizon) const;
  virtual std::unique_ptr<Policy> create(const PolicySetup& setup) const = 0;
};

/// One line of the table of policies.
struct PolicyType {
  std::string_view name;     ///< the config's "type"
  std::string_view title;    ///< as the paper writes it
  std::string_view rule;     ///< uniform, epsilon-greedy, UCB, ...
  std::string_view model;    ///< linear, neural, ...
  std::string_view summary;  ///< one line
  std::string_view source;   ///< paper
  std::unique_ptr<PolicySpec> (*make)();
};

}  // namespace cbsim
