#pragma once

#include <limits>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

constexpr Index kUnlimitedRounds = std::numeric_limits<Index>::max();

/// What everyone may know of an environment before the first round.
struct EnvironmentFacts {
  ContextShape shape;
  Index rounds = kUnlimitedRounds;  ///< the longest horizon that its data allow
  bool expected_known = true;       ///< expected rewards, and so pseudo-regret, exist
  bool hidden_parameter = false;    ///< expected rewards follow from one that could be drawn anew
  double pending = 0.0;             ///< rewards that are on their way at a time, about
};

/// What a policy may know when it is created.
struct PolicySetup {
  ContextShape shape;
  Index horizon = 0;
  Seed seed = 0;
  int threads = 1;  ///< of one refit; they change no result
};

}  // namespace cbsim
