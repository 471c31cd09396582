#pragma once

#include <memory>

#include "cbsim/model/neural_model.hpp"

namespace cbsim {

/// A network trained with dropout: a refit's step and a sample keep each hidden unit with
/// probability `keep`. Predicts with all units; a sample is one pass with some of them, the same
/// ones for all arms, its distance from the prediction times `scale` (Gal, Ghahramani 2016;
/// Riquelme, Tucker, Snoek 2018, section 4).
std::unique_ptr<RewardModel> make_dropout_model(const NeuralSettings& settings, double keep,
                                                const PolicySetup& setup);

}  // namespace cbsim
