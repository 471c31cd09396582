#include "cbsim/model/trained_network.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "cbsim/core/rng.hpp"
#include "cbsim/training/refit_cost.hpp"

namespace cbsim {
namespace {

Mirror mirror_of(const NeuralSettings& settings) {
  return mirror_of(settings.network, settings.training.penalty);
}

}  // namespace

TrainedNetwork::TrainedNetwork(const NeuralSettings& settings, const PolicySetup& setup,
                               const TrainingNoise& noise)
    : settings_(settings),
      seed_(setup.seed),
      noise_(noise),
      mirror_(mirror_of(settings)),
      network_(network_shape(settings.network, setup.shape, mirror_)),
      weight_list_(network_, mirror_),
      initial_(
          weight_list_.theta(initial_weight_list(settings.network, network_, mirror_, setup.seed))),
      theta_(initial_),
      history_(network_.shape().dim, setup.shape.blocks),
      rewards_(noise.rewards > 0.0 ? static_cast<std::size_t>(setup.shape.blocks) : 0) {
  RefitSettings refit = refit_settings(settings, setup.threads, setup.seed);
  refit.keep = noise.keep;
  refit_ = make_refit(network_, initial_, refit);
}

const Contexts& TrainedNetwork::input(const Contexts& contexts) {
  if (mirror_ != Mirror::doubled) return contexts;
  ContextShape shape = contexts.shape();
  shape.dim *= 2;
  doubled_.resize(shape);
  doubled_.values() << contexts.values(), contexts.values();
  doubled_.values() /= std::numbers::sqrt2;
  return doubled_;
}

ContextView TrainedNetwork::input(const ContextView& context) {
  if (mirror_ != Mirror::doubled) return context;
  doubled_x_.resize(2 * context.x.size());
  doubled_x_ << context.x, context.x;
  doubled_x_ /= std::numbers::sqrt2;
  return {context.block, doubled_x_.data(), doubled_x_.size()};
}

bool TrainedNetwork::update(const Outcome& outcome, double log_det) {
  rounds_ = outcome.round;
  for (const Observation& seen : outcome.arrived) {
    history_.add(input(seen.x), seen.reward);
    if (noise_.rewards > 0.0) {
      rewards_[static_cast<std::size_t>(seen.x.block)].push_back(seen.reward);
    }
  }
  fit_.reset();
  const bool due = settings_.training.refit.due(rounds_, log_det - fitted_log_det_);
  if (!due || history_.size() == 0) return false;
  fitted_log_det_ = log_det;
  refit();
  return true;
}

Index TrainedNetwork::steps() const {
  return settings_.training.steps_kind == TrainingSettings::Steps::rounds
             ? rounds_
             : settings_.training.steps;
}

Diagnostics TrainedNetwork::diagnostics() const {
  return {.fit = fit_, .drift = (theta_ - initial_).norm()};
}

// The refit sees nothing but the history, and draws anew what it draws.
void TrainedNetwork::state(StateArchive& archive) {
  history_.state(archive);
  for (std::size_t b = 0; b < rewards_.size(); ++b) {
    std::vector<double>& own = rewards_[b];
    archive.growing(
        "rewards" + std::to_string(b), static_cast<Index>(own.size()),
        [&](Index i, std::vector<double>& item) {
          item.push_back(own[static_cast<std::size_t>(i)]);
        },
        [&](std::span<const double> item) {
          StateArchive::demand(std::ssize(item) == 1);
          own.push_back(item.front());
        });
    StateArchive::demand(std::ssize(own) == history_.size(static_cast<Index>(b)));
  }
  archive.numbers(theta_);
  archive.value(rounds_);
  archive.value(learning_rate_);
  archive.value(fitted_log_det_);
}

void TrainedNetwork::refit() {
  const bool anew = settings_.training.start == RefitStart::initial;
  if (noise_.rewards > 0.0) perturb_rewards();
  fit_ = refit_->fit(history_, steps(), anew ? initial_ : theta_, theta_);
  learning_rate_ = fit_->learning_rate;
  if (!anew)
    fit_->relative_gradient = 0.0;  // the start is where the last refit ended: says nothing
}

void TrainedNetwork::perturb_rewards() {
  Stream stream(seed_, Purpose::perturbed_rewards, static_cast<std::uint64_t>(rounds_));
  for (Index b = 0; b < history_.blocks(); ++b) {
    for (Index i = 0; i < history_.size(b); ++i) {
      const double reward = rewards_[static_cast<std::size_t>(b)][static_cast<std::size_t>(i)];
      history_.set_reward(b, i, reward + noise_.rewards * stream.normal());
    }
  }
}

RefitSettings refit_settings(const NeuralSettings& settings, int threads, Seed seed) {
  const TrainingSettings& training = settings.training;
  const bool by_width = training.penalty_scale == PenaltyScale::width;
  RefitSettings refit{
      .objective = {.penalty = settings.lambda *
                               (by_width ? static_cast<double>(settings.network.width) : 1.0),
                    .center = training.penalty,
                    .mean = training.loss == LossForm::mean,
                    .descent_from_initial = training.start == RefitStart::initial,
                    .threads = threads},
      .optimizer = training.optimizer,
      .precision = training.precision,
      .stop_below = training.stop_below,
      .seed = seed};
  if (training.rate_kind == TrainingSettings::Rate::number) {
    refit.learning_rate = training.learning_rate;
  }
  if (training.batch_kind == TrainingSettings::Batch::number) refit.batch = training.batch_size;
  return refit;
}

RunCost training_cost(const NeuralSettings& settings, const EnvironmentFacts& facts,
                      Index horizon) {
  const auto network = std::make_shared<const Network>(
      network_shape(settings.network, facts.shape, mirror_of(settings)));
  const RefitSettings refit = refit_settings(settings, 1, 0);
  const auto steps = [rounds = settings.training.steps_kind == TrainingSettings::Steps::rounds,
                      fixed = settings.training.steps](Index t) {
    return static_cast<double>(rounds ? t : fixed);
  };

  const auto p = static_cast<double>(network->parameters());
  double touched = 0.0, factors = 0.0;  // of one gradient
  for (const ParameterMatrix& matrix : network->layout().matrices) {
    touched += static_cast<double>(matrix.block_size());
    factors += static_cast<double>(matrix.rows + matrix.cols);
  }
  // Forward and backward for each arm; the drift is a norm of p numbers.
  const double scoring = 4.0 * touched * static_cast<double>(facts.shape.arms) + 3.0 * p;

  // theta and theta_0, what the full weights have besides, the history, the gradients scored.
  const double history = kGrowth * static_cast<double>((network->shape().dim + 1) * horizon);
  const auto full = static_cast<double>(WeightList(*network, mirror_of(settings)).size());
  const double own = 8.0 * (p + full + history + factors * static_cast<double>(facts.shape.arms));
  return {.bytes = own + refit_cost(*network, refit, horizon, steps(horizon)).bytes,
          .round =
              [=, schedule = settings.training.refit,
               dimension = static_cast<double>(facts.shape.nominal_dim())](Index t) {
                RoundCost round{.operations = scoring};
                if (const double refits = schedule.expected(t, dimension); refits > 0.0) {
                  const RefitCost one = refit_cost(*network, refit, t, steps(t));
                  round.refit_operations = refits * one.operations;
                  round.refit_numbers = refits * one.numbers;
                }
                return round;
              },
          .remedy = "a smaller network.width"};
}

}  // namespace cbsim
