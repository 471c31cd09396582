#pragma once

#include <cstdint>
#include <memory>

#include "cbsim/model/neural_model.hpp"

namespace cbsim {

struct BootstrapSettings {
  std::int64_t networks = 10;  ///< q
  double inclusion = 0.8;      ///< p
};

/// An ensemble of networks, each from weights of its own and each seeing every observation with a
/// probability, independently of the others. Predicts their mean; a sample is the prediction of one
/// of them, drawn uniformly, its distance from the mean times `scale`
/// (Osband, Blundell, Pritzel, Van Roy 2016; Riquelme, Tucker, Snoek 2018, section 4.)
std::unique_ptr<RewardModel> make_bootstrap_model(const NeuralSettings& settings,
                                                  const BootstrapSettings& bootstrap,
                                                  const PolicySetup& setup);

RunCost bootstrap_cost(const NeuralSettings& settings, const BootstrapSettings& bootstrap,
                       const EnvironmentFacts& facts, Index horizon);

}  // namespace cbsim
