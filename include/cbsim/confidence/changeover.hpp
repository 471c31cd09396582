#pragma once

#include <optional>

#include "cbsim/core/types.hpp"
#include "cbsim/training/gradient_factors.hpp"

namespace cbsim {

/// What the two forms of a full Z cost, in nanoseconds of the machine they were measured on. Only
/// their ratios matter, and they come from sizes alone: a run's numbers never depend on a timing.
struct FormCosts {
  double solve = 0.0;     ///< a round of the dual form with t gradients: solve t^2 + products t
  double products = 0.0;  ///< see solve
  double primal = 0.0;    ///< a round of the primal form
  double build = 0.0;     ///< the conversion after t gradients: build t + invert
  double invert = 0.0;    ///< see build
};

/// The costs where `arms` gradients are scored and one is added a round.
FormCosts form_costs(const ParameterLayout& layout, Index arms);

/// The number of gradients after which to go from the dual to the primal form, so that a run of
/// `horizon` rounds costs least: 0 for primal at once, none for dual throughout.
std::optional<Index> cheapest_changeover(const FormCosts& costs, Index horizon);

}  // namespace cbsim
