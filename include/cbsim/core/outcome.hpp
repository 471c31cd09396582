#pragma once

#include <optional>
#include <span>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// A reward that has arrived: that of `arm`, played in `round` on context `x`.
struct Observation {
  Index round;
  Index arm;
  ContextView x;
  double reward;
};

/// What a policy learns at the end of a round: the arm that was played on this round's contexts,
/// and the rewards that have arrived, oldest first. Without delay that is exactly this round's.
struct Outcome {
  Index round;
  const Contexts& contexts;
  Index arm;
  std::span<const Observation> arrived;
};

/// What a refit did.
struct FitReport {
  double loss_start = 0.0;     ///< the loss at the start, penalty included
  double loss_end = 0.0;       ///< the loss at the end
  Index steps = 0;             ///< gradient steps of the path that was kept
  double learning_rate = 0.0;  ///< the rate used, after any halving
  Index halvings = 0;          ///< how often an automatic rate was halved
  /// |gradient at the end| / |gradient at the start of the refit|; 0 with dropout, and where the
  /// refit goes on from the weights so far.
  double relative_gradient = 0.0;
};

/// The inner state of a policy after a round, for the logs. Absent where it does not apply.
struct Diagnostics {
  std::optional<FitReport> fit{};         ///< of this round's refit, if there was one
  std::optional<double> drift{};          ///< |theta - theta_0|_2
  std::optional<double> log_det{};        ///< log det(Z / lambda I)
  std::optional<double> effective_dim{};  ///< log_det / log(1 + t K / lambda)
};

}  // namespace cbsim
