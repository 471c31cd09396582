#pragma once

#include <memory>

#include "cbsim/core/cost.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/model/linear_model.hpp"

namespace cbsim {

/// Logistic regression: prediction mu(x^T theta) with mu(z) = 1/(1 + e^{-z}), where theta solves
///   sum_i (r_i - mu(theta^T x_i)) x_i = lambda theta,
/// and the width of the linear model, sqrt(x^T V^{-1} x), V = lambda I + sum x x^T (Filippi, Cappé,
/// Garivier, Szepesvári 2010, with a ridge penalty). Rewards may lie anywhere: the equation has one
/// solution for any. A reward enters both when it arrives.
std::unique_ptr<RewardModel> make_logistic_model(const LinearSettings& settings,
                                                 const ContextShape& shape);

/// What a run on it costs.
RunCost logistic_cost(const LinearSettings& settings, const ContextShape& shape, Index horizon);

}  // namespace cbsim
