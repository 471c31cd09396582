#pragma once

#include <memory>

#include "cbsim/model/bayesian_regression.hpp"
#include "cbsim/model/neural_model.hpp"

namespace cbsim {

/// The model of NeuralLinear (Riquelme, Tucker, Snoek 2018, section 4): Bayesian linear regression
/// on the last hidden layer of a network that is refitted now and then, s X_{L-1} (and s, where the
/// network has biases): one for each arm on disjoint contexts, else one. At a refit the posterior is
/// computed anew from the new features of all observations.
std::unique_ptr<RewardModel> make_neural_linear_model(const NeuralSettings& settings,
                                                      const NormalInverseGammaPrior& prior,
                                                      const PolicySetup& setup);

RunCost neural_linear_cost(const NeuralSettings& settings, const EnvironmentFacts& facts,
                           Index horizon);

}  // namespace cbsim
