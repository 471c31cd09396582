#pragma once

#include <memory>

#include "cbsim/core/cost.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/model/neural_model.hpp"
#include "cbsim/model/reward_model.hpp"

namespace cbsim {

struct NeuralLinUcbSettings {
  enum class Rate { automatic, number };

  double lambda = 1.0;
  std::int64_t width = 100;
  std::int64_t depth = 2;
  std::int64_t features = 20;
  std::int64_t steps = 100;
  Rate rate_kind = Rate::automatic;
  double learning_rate = 0.01;
  double stop_below = 0.0;
  RefitSchedule refit{.every = 100};

  Settings settings();
};

/// The model of Neural-LinUCB (Xu, Wen, Zhao, Gu 2022): ridge regression on features phi(x; w) as
/// they were when the arm was played, A = lambda I + sum phi phi^T, theta_t = A^{-1} sum r phi, and
/// at the rounds of the schedule w by gradient descent on sum_i (theta_i^T phi(x_i; w) - r_i)^2 / 2
/// from its start, theta_i being the estimate after observation i. Neither A nor theta are computed
/// anew when w moves.
std::unique_ptr<RewardModel> make_neural_lin_ucb_model(const NeuralLinUcbSettings& settings,
                                                       const PolicySetup& setup);

RunCost neural_lin_ucb_cost(const NeuralLinUcbSettings& settings, const EnvironmentFacts& facts,
                            Index horizon);

}  // namespace cbsim
