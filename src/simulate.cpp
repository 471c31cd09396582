#include "cbsim/simulate.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "cbsim/core/argmax.hpp"
#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

Index play(Policy& policy, const Round& round, Index t) {
  if (policy.clairvoyant()) policy.reveal(round.expected);
  const Index arm = policy.choose(t, round.contexts);
  if (arm < 0 || arm >= round.contexts.arms()) {
    throw std::logic_error("the policy chose arm " + std::to_string(arm) + " of " +
                           std::to_string(round.contexts.arms()));
  }
  const Observation observation{t, arm, round.contexts[arm], round.rewards(arm)};
  policy.update({t, round.contexts, arm, {&observation, 1}});
  return arm;
}

}  // namespace

void simulate(Environment& environment, Policy& policy, Index horizon, const RoundSink& sink) {
  Round round;
  double cum_reward = 0.0, cum_regret = 0.0;
  Index optimal_rounds = 0;
  for (Index t = 1; t <= horizon; ++t) {
    Diagnostics diagnostics;
    Index arm = 0;
    try {
      environment.deal(t, round);
      arm = play(policy, round, t);
      diagnostics = policy.diagnostics();
    } catch (const RunError& error) {
      throw RunError("round " + std::to_string(t) + ": " + error.what());
    }
    RoundRecord record{.t = t, .arm = arm, .scores = policy.scores(), .diagnostics = diagnostics};
    record.reward = round.rewards(arm);
    record.cum_reward = cum_reward += record.reward;
    if (round.expected.size() > 0) {
      const Index best = argmax(round.expected);
      record.best_arm = best;
      record.expected_reward = round.expected(arm);
      record.regret = round.expected(best) - round.expected(arm);
      cum_regret += *record.regret;
      if (*record.regret == 0.0) ++optimal_rounds;
    }
    record.cum_regret = cum_regret;
    record.optimal_rounds = optimal_rounds;
    if (!sink(record)) return;
  }
}

}  // namespace cbsim
