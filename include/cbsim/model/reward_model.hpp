#pragma once

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/outcome.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// What an exploration factor may depend on (Zhou, Li, Gu 2020, Algorithm 1, gamma_t).
struct ConfidenceState {
  Index t = 0;           ///< rounds whose gradients are in Z
  double log_det = 0.0;  ///< log det(Z / lambda I)
  double lambda = 1.0;
  // Of a neural model; 0 elsewhere.
  double width = 0.0;          ///< m
  double depth = 0.0;          ///< L
  double learning_rate = 0.0;  ///< eta of the last refit
  double steps = 0.0;          ///< J
};

/// log_det / log(1 + t K / lambda), the running estimate of the effective dimension (Zhou, Li, Gu
/// 2020, Definition 4.3); 0 at t = 0.
double effective_dimension(double log_det, Index t, Index arms, double lambda);

/// Predicts the reward of a context, says how sure it is, and learns.
class RewardModel {
 public:
  virtual ~RewardModel() = default;

  /// The predicted reward of each arm, K.
  virtual void predict(const Contexts& contexts, Vector& mean) = 0;

  /// As predict, with the widths sqrt(g_a^T Z^{-1} g_a / scale), K, for the gradients g_a of the
  /// prediction with respect to the parameters.
  /// A model that has none throws std::logic_error.
  virtual void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width);

  /// Draws a plausible reward of each arm, K, from what the model believes, the spread times
  /// `scale`; `mean` as of predict. By default independently for each arm from
  /// N(mean_a, (scale width_a)^2), the widths of predict_with_width.
  virtual void sample(const Contexts& contexts, double scale, Stream& stream, Vector& mean,
                      Vector& draw);

  /// Takes in the end of a round: the gradient of the arm that was played enters Z, rewards that
  /// have arrived enter the history, and the model is refitted if it is due. The models without
  /// refits (linear, logistic, kernel, tangent) learn all of a round when its reward arrives, Z
  /// included. Throws RunError when the refit diverges; the model then stays as it was before it.
  virtual void update(const Outcome& outcome) = 0;

  virtual ConfidenceState confidence_state() const = 0;
  virtual Diagnostics diagnostics() const = 0;
  /// As Policy::weights.
  virtual Vector weights(bool /*initial*/) const { return {}; }

  /// As Policy::state.
  virtual void state(StateArchive& archive) = 0;
};

}  // namespace cbsim
