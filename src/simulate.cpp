#include "cbsim/simulate.hpp"

#include <stdexcept>
#include <string>

#include "cbsim/core/argmax.hpp"
#include "cbsim/core/error.hpp"
#include "cbsim/pending_rewards.hpp"

namespace cbsim {
namespace {

/// What a run has come to after t rounds.
struct Tally {
  Index t = 0;
  double cum_reward = 0.0, cum_regret = 0.0;
  Index optimal_rounds = 0;
};

Index choose(Policy& policy, const Round& round, Index dealt) {
  if (policy.clairvoyant()) policy.reveal(round.expected);
  const Index arm = policy.choose(dealt, round.contexts);
  if (arm < 0 || arm >= round.contexts.arms()) {
    throw std::logic_error("the policy chose arm " + std::to_string(arm) + " of " +
                           std::to_string(round.contexts.arms()));
  }
  return arm;
}

/// Counts a round whose arm has been played.
void count(const Round& round, RoundRecord& record, Tally& tally) {
  ++tally.t;
  record.reward = round.rewards(record.arm);
  tally.cum_reward += record.reward;
  if (round.expected.size() == 0) return;
  const Index best = argmax(round.expected);
  record.best_arm = best;
  record.expected_reward = round.expected(record.arm);
  record.regret = round.expected(best) - round.expected(record.arm);
  tally.cum_regret += *record.regret;
  if (*record.regret == 0.0) ++tally.optimal_rounds;
}

}  // namespace

bool simulate(Environment& environment, Policy& policy, Index horizon, const RoundSink& sink) {
  Round round;
  PendingRewards pending;
  Tally tally;
  for (Index dealt = 1; tally.t < horizon && dealt <= environment.length(); ++dealt) {
    const Index t = tally.t + 1;
    Index arm = 0;
    bool accepted = false;
    Diagnostics diagnostics;
    try {
      environment.deal(dealt, round);
      arm = choose(policy, round, dealt);
      accepted = environment.accepts(dealt, arm);
      if (accepted) {
        pending.add({t, arm, round.contexts[arm], round.rewards(arm)}, environment.arrival(t));
        policy.update({t, round.contexts, arm, pending.take(t)});
        diagnostics = policy.diagnostics();
      }
    } catch (const RunError& error) {
      throw RunError("round " + std::to_string(t) + ": " + error.what());
    }
    RoundRecord record{
        .arm = arm, .accepted = accepted, .scores = policy.scores(), .diagnostics = diagnostics};
    if (accepted) count(round, record, tally);
    record.t = tally.t;
    record.cum_reward = tally.cum_reward;
    record.cum_regret = tally.cum_regret;
    record.optimal_rounds = tally.optimal_rounds;
    if (!sink(record)) return tally.t == horizon;
  }
  if (tally.t == 0 && horizon > 0) {
    throw RunError("none of the " + std::to_string(environment.length()) +
                   " logged rounds was accepted: the policy and the log never chose the same arm; "
                   "it takes a longer log, or one of fewer arms");
  }
  return true;
}

}  // namespace cbsim
