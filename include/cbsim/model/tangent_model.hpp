#pragma once

#include <memory>

#include "cbsim/core/cost.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/model/network_settings.hpp"
#include "cbsim/model/reward_model.hpp"

namespace cbsim {

struct TangentSettings {
  double lambda = 1.0;
  NetworkSettings network;

  Settings settings();
  std::vector<Violation> check(const EnvironmentFacts& facts) const;
};

/// Ridge regression on the gradient of a network at its start, phi(x) = g(x; theta_0)/sqrt(m), of
/// which nothing is trained (Zhou, Li, Gu 2020, appendix E): kernel regression with
/// k(x, x') = <g(x; theta_0), g(x'; theta_0)>/m, which gradients in factored form give without
/// forming them.
std::unique_ptr<RewardModel> make_tangent_model(const TangentSettings& settings,
                                                const PolicySetup& setup);

/// What a run on it costs.
RunCost tangent_cost(const TangentSettings& settings, const EnvironmentFacts& facts, Index horizon);

}  // namespace cbsim
