#pragma once

#include "cbsim/training/network.hpp"
#include "cbsim/training/refit.hpp"

namespace cbsim {

struct RefitCost {
  double operations = 0.0;  ///< of one refit
  double numbers = 0.0;     ///< of the vectors that its steps go over
  double bytes = 0.0;       ///< held from refit to refit, and during one
};

/// What a refit of that many steps costs on t observations, taken to be spread evenly over the
/// blocks.
RefitCost refit_cost(const Network& network, const RefitSettings& settings, Index t, double steps);

}  // namespace cbsim
