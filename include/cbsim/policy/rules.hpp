#pragma once

#include <memory>

#include "cbsim/model/reward_model.hpp"
#include "cbsim/policy/exploration_factor.hpp"
#include "cbsim/policy/policy.hpp"
#include "cbsim/policy/schedule.hpp"

// Exploration rules over any reward model.

namespace cbsim {

/// UCB: plays argmax_a mean_a + gamma_{t-1} width_a.
std::unique_ptr<Policy> make_ucb(std::unique_ptr<RewardModel> model,
                                 const ExplorationFactor& gamma);

/// Plays argmax_a mean_a.
std::unique_ptr<Policy> make_greedy(std::unique_ptr<RewardModel> model);

// The following draw from Stream(seed, Purpose::policy, t).

/// Epsilon-greedy: with probability min(epsilon, 1) an arm drawn uniformly, else argmax_a mean_a.
std::unique_ptr<Policy> make_epsilon_greedy(std::unique_ptr<RewardModel> model,
                                            const Schedule& epsilon, Seed seed);
/// Its "epsilon".
Setting epsilon_setting(Schedule& epsilon);

/// Thompson sampling: plays the argmax of RewardModel::sample, the spread times `scale`.
std::unique_ptr<Policy> make_thompson(std::unique_ptr<RewardModel> model, const Schedule& scale,
                                      Seed seed);
/// Its "nu", the scale.
Setting nu_setting(Schedule& nu);

/// Inverse gap weighting: with b = argmax_a mean_a (ties to the lowest index) plays an arm a other
/// than b with probability 1/(K + gamma (mean_b - mean_a)), b with the rest (SquareCB: Foster,
/// Rakhlin 2020, Algorithm 1 with mu = K). The scores are these probabilities.
std::unique_ptr<Policy> make_inverse_gap(std::unique_ptr<RewardModel> model, const Schedule& gamma,
                                         Seed seed);

/// `policy`, but each arm is played in the first `pulls` rounds of its own, in turn, whatever the
/// policy would have chosen.
std::unique_ptr<Policy> make_initial_pulls(std::unique_ptr<Policy> policy, Index pulls);
/// Their "initial_pulls".
Setting initial_pulls_setting(std::int64_t& pulls);

}  // namespace cbsim
