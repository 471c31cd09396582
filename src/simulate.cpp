#include "cbsim/simulate.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "cbsim/core/argmax.hpp"
#include "cbsim/core/error.hpp"

namespace cbsim {

Simulation::Simulation(Environment& environment, Policy& policy, Index horizon)
    : environment_(environment), policy_(policy), horizon_(horizon) {}

bool Simulation::run(const RoundSink& sink) {
  while (!finished()) {
    if (!play(sink) && !finished()) return false;
  }
  if (tally_.t == 0 && horizon_ > 0) {
    throw RunError("none of the " + std::to_string(environment_.length()) +
                   " logged rounds was accepted: the policy and the log never chose the same arm; "
                   "it takes a longer log, or one of fewer arms");
  }
  return true;
}

void Simulation::state(StateArchive& archive) {
  archive.count(dealt_);
  archive.value(tally_);
  StateArchive::demand(dealt_ <= environment_.length() && tally_.t >= 0 && tally_.t <= dealt_ &&
                       tally_.t <= horizon_ && tally_.optimal_rounds >= 0 &&
                       tally_.optimal_rounds <= tally_.t && std::isfinite(tally_.cum_reward) &&
                       std::isfinite(tally_.cum_regret));
  pending_.state(archive);
  policy_.state(archive);
}

bool Simulation::finished() const {
  return tally_.t >= horizon_ || dealt_ >= environment_.length();
}

Index Simulation::choose() {
  if (policy_.clairvoyant()) policy_.reveal(round_.expected);
  const Index arm = policy_.choose(dealt_, round_.contexts);
  if (arm < 0 || arm >= round_.contexts.arms()) {
    throw std::logic_error("the policy chose arm " + std::to_string(arm) + " of " +
                           std::to_string(round_.contexts.arms()));
  }
  return arm;
}

bool Simulation::play(const RoundSink& sink) {
  ++dealt_;
  const Index t = tally_.t + 1;
  Index arm = 0;
  bool accepted = false;
  Diagnostics diagnostics;
  try {
    environment_.deal(dealt_, round_);
    arm = choose();
    accepted = environment_.accepts(dealt_, arm);
    if (accepted) {
      pending_.add({t, arm, round_.contexts[arm], round_.rewards(arm)}, environment_.arrival(t));
      policy_.update({t, round_.contexts, arm, pending_.take(t)});
      diagnostics = policy_.diagnostics();
    }
  } catch (const RunError& error) {
    throw RunError("round " + std::to_string(t) + ": " + error.what());
  }
  RoundRecord record{
      .arm = arm, .accepted = accepted, .scores = policy_.scores(), .diagnostics = diagnostics};
  if (accepted) count(record);
  record.t = tally_.t;
  record.cum_reward = tally_.cum_reward;
  record.cum_regret = tally_.cum_regret;
  record.optimal_rounds = tally_.optimal_rounds;
  return sink(record);
}

void Simulation::count(RoundRecord& record) {
  ++tally_.t;
  record.reward = round_.rewards(record.arm);
  tally_.cum_reward += record.reward;
  if (round_.expected.size() == 0) return;
  const Index best = argmax(round_.expected);
  record.best_arm = best;
  record.expected_reward = round_.expected(record.arm);
  record.regret = round_.expected(best) - round_.expected(record.arm);
  tally_.cum_regret += *record.regret;
  if (*record.regret == 0.0) ++tally_.optimal_rounds;
}

bool simulate(Environment& environment, Policy& policy, Index horizon, const RoundSink& sink) {
  return Simulation(environment, policy, horizon).run(sink);
}

}  // namespace cbsim
