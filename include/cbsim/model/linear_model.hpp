#pragma once

#include <memory>

#include "cbsim/core/cost.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/model/reward_model.hpp"

namespace cbsim {

/// What the models share whose prediction is a function of x^T theta.
struct LinearSettings {
  double lambda = 1.0;
  bool disjoint = false;

  Settings settings();
  /// How many parameter vectors there are: 1, or K. Disjoint contexts x (x) e_a need no setting: of
  /// one vector on their d K coordinates, each arm uses its own block.
  Index blocks(const ContextShape& shape) const {
    return disjoint || shape.blocks > 1 ? shape.arms : 1;
  }
};

/// Ridge regression in closed form: A = lambda I + sum x x^T, b = sum r x, prediction x^T A^{-1} b,
/// width sqrt(x^T A^{-1} x) (Li, Chu, Langford, Schapire 2010, Algorithm 1; with a vector for each
/// arm there is one A, d x d, for each). A reward enters A and b when it arrives. `sample` draws
/// one theta from N(A^{-1} b, scale^2 A^{-1}) for all arms (Agrawal, Goyal 2013, Algorithm 1).
///
/// This is the neural model's algorithm with f(x) = theta^T x, whose gradient is x.
std::unique_ptr<RewardModel> make_linear_model(const LinearSettings& settings,
                                               const ContextShape& shape);

/// What a run on it costs.
RunCost linear_cost(const LinearSettings& settings, const ContextShape& shape);

}  // namespace cbsim
