#pragma once

#include <memory>

#include "cbsim/model/reward_model.hpp"
#include "cbsim/policy/exploration_factor.hpp"
#include "cbsim/policy/policy.hpp"

// Exploration rules over any reward model.

namespace cbsim {

/// UCB: plays argmax_a mean_a + gamma_{t-1} width_a.
std::unique_ptr<Policy> make_ucb(std::unique_ptr<RewardModel> model,
                                 const ExplorationFactor& gamma);

/// Epsilon-greedy: with probability epsilon an arm drawn uniformly, else argmax_a mean_a.
std::unique_ptr<Policy> make_epsilon_greedy(std::unique_ptr<RewardModel> model, double epsilon,
                                            Seed seed);

}  // namespace cbsim
