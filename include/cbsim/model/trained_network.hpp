#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "cbsim/core/facts.hpp"
#include "cbsim/core/history.hpp"
#include "cbsim/core/outcome.hpp"
#include "cbsim/model/neural_model.hpp"
#include "cbsim/training/initial_weights.hpp"
#include "cbsim/training/refit.hpp"

namespace cbsim {

/// What a refit draws at random, besides its batches.
struct TrainingNoise {
  /// Standard deviation of the normal noise that each refit adds anew to every reward.
  double rewards = 0.0;
  double keep = 1.0;  ///< RefitSettings::keep
};

/// A network, what it has observed and its refits: the part that all neural models share.
class TrainedNetwork {
 public:
  TrainedNetwork(const NeuralSettings& settings, const PolicySetup& setup,
                 const TrainingNoise& noise = {});
  TrainedNetwork(const TrainedNetwork&) = delete;
  TrainedNetwork& operator=(const TrainedNetwork&) = delete;

  const Network& network() const { return network_; }
  const Vector& theta() const { return theta_; }
  /// The inputs of the network, and the rewards as the last refit saw them.
  const History& history() const { return history_; }

  /// The contexts as the network takes them: [x; x]/sqrt(2) where a mirror is not reduced. Valid
  /// until the next call.
  const Contexts& input(const Contexts& contexts);
  ContextView input(const ContextView& context);

  /// Takes in the rewards that have arrived and refits theta where that is due, log det Z being
  /// `log_det` (RefitSchedule). Returns whether theta may have changed. Throws RunError when the
  /// refit diverges; theta then stays as it was.
  bool update(const Outcome& outcome, double log_det = 0.0);

  Index rounds() const { return rounds_; }                 ///< t, of the last update
  Index steps() const;                                     ///< J of a refit in that round
  double learning_rate() const { return learning_rate_; }  ///< eta of the last refit
  /// The refit of the last update, if there was one, and |theta - theta_0|.
  Diagnostics diagnostics() const;
  Vector weights(bool initial) const { return weight_list_.full(initial ? initial_ : theta_); }

  void state(StateArchive& archive);

 private:
  void refit();
  void perturb_rewards();

  NeuralSettings settings_;
  Seed seed_;
  TrainingNoise noise_;
  Mirror mirror_;
  Network network_;
  WeightList weight_list_;
  Vector initial_;  ///< theta_0
  Vector theta_;
  History history_;                           ///< what refits see
  std::vector<std::vector<double>> rewards_;  ///< of each block, where those of history_ are noisy
  std::unique_ptr<Refit> refit_;
  Index rounds_ = 0;
  double learning_rate_ = 0.0;
  double fitted_log_det_ = 0.0;
  std::optional<FitReport> fit_;
  Contexts doubled_;
  Vector doubled_x_;
};

/// The settings of the refits of a model.
RefitSettings refit_settings(const NeuralSettings& settings, int threads, Seed seed);

/// What a network and its refits cost, without Z.
RunCost training_cost(const NeuralSettings& settings, const EnvironmentFacts& facts, Index horizon);

}  // namespace cbsim
