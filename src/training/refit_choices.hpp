#pragma once

#include "cbsim/training/objective.hpp"
#include "cbsim/training/refit.hpp"

namespace cbsim {

// Choices of a refit that its cost must know: the dual form of the first layer (FusedPass), and
// the groups of samples.

/// The samples of an evaluation are shared out to so many groups, at most 8, each with sums of its
/// own that are added up in order at the end: so the number of threads does not change a bit.
inline Index group_count(Index samples) {
  constexpr Index kMaxGroups = 8, kGroupSamples = 512;
  Index groups = 1;
  while (groups < kMaxGroups && samples >= 2 * groups * kGroupSamples) groups *= 2;
  return groups;
}

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
