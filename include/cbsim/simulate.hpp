#pragma once

#include <functional>
#include <optional>

#include "cbsim/environment/environment.hpp"
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
/// ends. The only function that sees both. A round counts, and a reward with it, when the arm is
/// played; the policy sees the reward when it arrives, or never, if that is after the last round.
/// Returns whether the run has come to its end, and was not stopped by the sink before it.
/// Throws RunError when a round cannot be finished, naming it, or when the environment ends before
/// the first.
bool simulate(Environment& environment, Policy& policy, Index horizon, const RoundSink& sink);

}  // namespace cbsim
