#pragma once

#include <memory>
#include <optional>

#include "cbsim/core/history.hpp"
#include "cbsim/core/outcome.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/objective.hpp"

namespace cbsim {

enum class Optimizer { gd, sgd, adam, lbfgs };
enum class Precision { double_precision, single_precision };

struct RefitSettings {
  ObjectiveSettings objective;
  Optimizer optimizer = Optimizer::gd;
  Precision precision = Precision::double_precision;
  /// eta. Without a value: gd takes 1 / (largest curvature at theta_0) and halves it where the loss
  /// rises, sgd 1 / (largest curvature that a batch can have at theta_0), adam 0.001; lbfgs searches
  /// along each direction.
  std::optional<double> learning_rate{};
  Index batch = 0;          ///< observations of a step of sgd and adam; 0: all
  double stop_below = 0.0;  ///< a refit ends early once the mean squared error is below this
  /// Each step keeps a unit of a hidden layer with this probability, and drops the others
  /// (make_dropout_objective); only of sgd and adam.
  double keep = 1.0;
  Seed seed = 0;  ///< of the batches and the dropout
};

/// Fits theta to a growing history: (history, start) -> theta.
class Refit {
 public:
  virtual ~Refit() = default;

  /// At most `steps` steps from `start` on all of `history`, always the same one, whose rewards may
  /// have changed. Throws RunError,
  /// leaving `theta` alone, when the loss, theta or a gradient is not finite or, for gd and lbfgs,
  /// the loss ends above its start.
  virtual FitReport fit(const History& history, Index steps, const Vector& start,
                        Vector& theta) = 0;
};

/// `network` and `initial` (theta_0) must outlive it.
std::unique_ptr<Refit> make_refit(const Network& network, const Vector& initial,
                                  const RefitSettings& settings);

}  // namespace cbsim
