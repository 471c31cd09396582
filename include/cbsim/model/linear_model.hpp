#pragma once

#include <memory>

#include "cbsim/core/cost.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/model/reward_model.hpp"

namespace cbsim {

/// Ridge regression in closed form: A = lambda I + sum x x^T, b = sum r x, prediction x^T A^{-1} b,
/// width sqrt(x^T A^{-1} x) (Li, Chu, Langford, Schapire 2010, Algorithm 1). On disjoint contexts A
/// is one d x d matrix an arm. This is the neural model's algorithm with f(x) = theta^T x, whose
/// gradient is x.
std::unique_ptr<RewardModel> make_linear_model(const ContextShape& shape, double lambda);

/// What a run on it costs.
RunCost linear_cost(const ContextShape& shape);

}  // namespace cbsim
