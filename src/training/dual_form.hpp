#pragma once

#include "cbsim/training/objective.hpp"
#include "cbsim/training/refit.hpp"

namespace cbsim {

// When the first layer is stepped in its dual form (FusedPass).

/// A gradient step of n samples in the first layer costs 2 m n^2 operations in dual form, 4 m d n
/// in primal form.
inline bool dual_is_cheaper(Index n, Index dim) { return n < 2 * dim; }

inline bool dual_is_possible(const ObjectiveSettings& settings) {
  return settings.descent_from_initial && settings.center != PenaltyCenter::zero;
}

/// The objective of a refit: only plain gradient descent keeps to the dual form.
inline ObjectiveSettings objective_settings(const RefitSettings& settings) {
  ObjectiveSettings objective = settings.objective;
  objective.descent_from_initial &= settings.optimizer == Optimizer::gd;
  return objective;
}

}  // namespace cbsim
