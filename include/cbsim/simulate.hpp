#pragma once

#include <functional>
#include <optional>

#include "cbsim/core/state_archive.hpp"
#include "cbsim/environment/environment.hpp"
#include "cbsim/pending_rewards.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim {

/// One finished round. Expected rewards and what follows from them are absent where the environment
/// does not know them. The references are valid during the call that passes the record.
struct RoundRecord {
  Index t = 0;    ///< 1, 2, ...
  Index arm = 0;  ///< played, counted from 0
  /// False for a round of a log that was passed over: `t` and the sums are those of the last round
  /// that was played, and there is nothing but the arm that was chosen.
  bool accepted = true;
  std::optional<Index> best_arm{};          ///< lowest index of the largest expected reward
  double reward = 0.0;                      ///< of the arm played, whenever it arrives
  std::optional<double> expected_reward{};  ///< of the arm played
  std::optional<double> regret{};           ///< pseudo-regret of this round, >= 0
  double cum_reward = 0.0;
  double cum_regret = 0.0;   ///< pseudo-regret summed; meaningful where `regret` is present
  Index optimal_rounds = 0;  ///< rounds so far with zero regret
  const Scores& scores;
  const Diagnostics& diagnostics;
};

/// Receives each round; returns false to stop after it.
using RoundSink = std::function<bool(const RoundRecord&)>;

/// The bandit loop: rounds 1..horizon of `policy` on `environment`, fewer where the environment
/// ends. The only code that sees both. A round counts, and a reward with it, when the arm is
/// played; the policy sees the reward when it arrives, or never, if that is after the last round.
class Simulation {
 public:
  /// `environment` and `policy` must outlive it.
  Simulation(Environment& environment, Policy& policy, Index horizon);

  /// Goes on until the end or until the sink stops it; may be called again then. Returns whether
  /// the end has been reached. Throws RunError when a round cannot be finished, naming it, or when
  /// the environment ends before the first.
  bool run(const RoundSink& sink);

  /// Those so far that count.
  Index rounds() const { return tally_.t; }

  /// Saves or restores everything between two rounds, the policy's state included.
  void state(StateArchive& archive);
  /// Whether what has been restored can come from contexts of that shape.
  bool fits(const ContextShape& shape) const { return pending_.fits(shape); }

 private:
  /// What the run has come to after t rounds.
  struct Tally {
    Index t = 0;
    double cum_reward = 0.0, cum_regret = 0.0;
    Index optimal_rounds = 0;
  };

  bool finished() const;
  Index choose();
  /// Plays a round; returns what the sink says.
  bool play(const RoundSink& sink);
  /// Counts a round whose arm has been played.
  void count(RoundRecord& record);

  Environment& environment_;
  Policy& policy_;
  Index horizon_;
  Index dealt_ = 0;  ///< rounds
  Tally tally_;
  PendingRewards pending_;
  Round round_;
};

/// All of a run at once; returns false where the sink has stopped it before its end.
bool simulate(Environment& environment, Policy& policy, Index horizon, const RoundSink& sink);

}  // namespace cbsim
