#pragma once

#include <memory>
#include <vector>

#include "cbsim/confidence/confidence.hpp"
#include "cbsim/core/cost.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/model/network_settings.hpp"
#include "cbsim/model/reward_model.hpp"
#include "cbsim/training/refit.hpp"

namespace cbsim {

enum class ConfidenceScale { width, one };
enum class PenaltyScale { width, one };
enum class LossForm { sum, mean };
enum class RefitStart { initial, current };

/// When a model is refitted.
struct RefitSchedule {
  enum class Kind { periodic, doubling, determinant };

  Kind kind = Kind::periodic;
  std::int64_t every = 1;
  std::int64_t until = 0;
  std::int64_t then_every = 1;
  double factor = 2.0;

  Setting setting();
  /// Whether the model is refitted at the end of round t, where log det Z has grown by
  /// `log_det_growth` since the last refit (or from the start):
  ///   periodic: at rounds divisible by `every`, after `until` by `then_every`;
  ///   doubling: at rounds 1, 2, 4, 8, ...;
  ///   determinant: once det Z has grown by `factor` (Gu, Karbasi, Khosravi, Mirrokni, Zhou 2021,
  ///   Algorithm 2).
  bool due(Index t, double log_det_growth) const;
  /// Refits to expect in round t of a model whose det Z grows like t^`dimension`: 0, 1 or, for the
  /// determinant, a share.
  double expected(Index t, double dimension) const;
};

struct TrainingSettings {
  enum class Steps { number, rounds };
  enum class Rate { automatic, number };
  enum class Batch { full, number };

  Optimizer optimizer = Optimizer::gd;
  Steps steps_kind = Steps::number;
  std::int64_t steps = 100;
  Rate rate_kind = Rate::automatic;
  double learning_rate = 0.01;
  RefitStart start = RefitStart::initial;
  Batch batch_kind = Batch::full;
  std::int64_t batch_size = 1;
  Precision precision = Precision::double_precision;
  double stop_below = 0.0;
  LossForm loss = LossForm::sum;
  PenaltyCenter penalty = PenaltyCenter::initial;
  PenaltyScale penalty_scale = PenaltyScale::width;
  RefitSchedule refit;

  Settings settings();
  std::vector<Violation> check() const;
};

/// The settings that every policy on a neural model shares.
struct NeuralSettings {
  double lambda = 1.0;
  NetworkSettings network;
  TrainingSettings training;
  ConfidenceKind confidence = ConfidenceKind::full;
  ConfidenceScale confidence_scale = ConfidenceScale::width;

  /// lambda, network, training; with `with_confidence` also the settings of Z.
  Settings settings(bool with_confidence);
  std::vector<Violation> check(const EnvironmentFacts& facts, bool with_confidence) const;
};

/// The gradients that Z takes in, those of the played arms:
///   none: there is no Z, and no width;
///   at_choice: at the theta that scored them (NeuralUCB: Zhou, Li, Gu 2020, Algorithm 1);
///   after_refit: at the theta of the end of the round (NeuralTS: Zhang, Zhou, Li, Gu 2021,
///   Algorithm 1).
enum class GradientsInZ { none, at_choice, after_refit };

/// The model of NeuralUCB (Zhou, Li, Gu 2020): f(x; theta), refitted by gradient descent on
///   sum_i (f(x_i; theta) - r_i)^2 / 2 + m lambda |theta - theta_0|^2 / 2
/// from theta_0 each time (Algorithm 2).
std::unique_ptr<RewardModel> make_neural_model(const NeuralSettings& settings,
                                               const PolicySetup& setup, GradientsInZ gradients);

/// The same without Z, refitted to rewards to each of which every refit adds fresh noise
/// N(0, reward_noise^2) (Jia, Zhang, Zhou, Gu, Wang 2022, Algorithm 1).
std::unique_ptr<RewardModel> make_perturbed_neural_model(const NeuralSettings& settings,
                                                         const PolicySetup& setup,
                                                         double reward_noise);

/// What a run on it costs.
RunCost neural_cost(const NeuralSettings& settings, const EnvironmentFacts& facts, Index horizon,
                    bool with_width);

}  // namespace cbsim
