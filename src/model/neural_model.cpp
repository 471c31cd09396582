#include "cbsim/model/neural_model.hpp"

#include <cmath>
#include <numbers>
#include <optional>

#include "cbsim/confidence/confidence_cost.hpp"
#include "cbsim/core/error.hpp"
#include "cbsim/core/history.hpp"
#include "cbsim/training/refit_cost.hpp"

namespace cbsim {
namespace {

Mirror mirror_of(const NeuralSettings& settings) {
  return mirror_of(settings.network, settings.training.penalty);
}

double scale(const NeuralSettings& settings, bool by_width) {
  return by_width ? static_cast<double>(settings.network.width) : 1.0;
}

RefitSettings refit_settings(const NeuralSettings& settings, int threads, Seed seed) {
  const TrainingSettings& training = settings.training;
  RefitSettings refit{
      .objective = {.penalty = settings.lambda *
                               scale(settings, training.penalty_scale == PenaltyScale::width),
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

ConfidenceSetup confidence_setup(const NeuralSettings& settings, Index horizon, Index arms) {
  return {.lambda = settings.lambda,
          .scale = scale(settings, settings.confidence_scale == ConfidenceScale::width),
          .horizon = horizon,
          .arms = arms};
}

class NeuralModel final : public RewardModel {
 public:
  NeuralModel(const NeuralSettings& settings, const PolicySetup& setup, bool with_width)
      : settings_(settings),
        setup_(setup),
        mirror_(mirror_of(settings)),
        network_(network_shape(settings.network, setup.shape, mirror_)),
        weight_list_(network_, mirror_),
        initial_(weight_list_.theta(
            initial_weight_list(settings.network, network_, mirror_, setup.seed))),
        theta_(initial_),
        history_(network_.shape().dim, setup.shape.blocks),
        refit_(make_refit(network_, initial_,
                          refit_settings(settings, setup.threads, setup.seed))) {
    if (with_width) {
      confidence_ =
          make_confidence(settings.confidence, network_,
                          confidence_setup(settings, setup.horizon, setup.shape.arms));
    }
  }

  void predict(const Contexts& contexts, Vector& mean) override {
    network_.evaluate(theta_, input(contexts).views(), mean, nullptr);
  }

  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    network_.evaluate(theta_, input(contexts).views(), mean, &scored_);
    confidence_->squared_widths(scored_, width);
    width = width.cwiseSqrt();
  }

  void update(const Outcome& outcome) override {
    if (confidence_) confidence_->add(scored_, outcome.arm);
    t_ = outcome.round;
    for (const Observation& seen : outcome.arrived) add(seen);
    fit_.reset();
    const double log_det = confidence_ ? confidence_->log_det() : 0.0;
    if (history_.size() > 0 &&
        settings_.training.refit.due(outcome.round, log_det - fitted_log_det_)) {
      refit();
      fitted_log_det_ = log_det;
    }
  }

  ConfidenceState confidence_state() const override {
    const auto steps = static_cast<double>(descent_steps());
    return {.t = t_,
            .log_det = confidence_->log_det(),
            .lambda = settings_.lambda,
            .width = static_cast<double>(network_.shape().width),
            .depth = static_cast<double>(network_.shape().depth),
            .learning_rate = learning_rate_,
            .steps = steps};
  }

  Diagnostics diagnostics() const override {
    Diagnostics diagnostics{.fit = fit_, .drift = (theta_ - initial_).norm()};
    if (confidence_) {
      diagnostics.log_det = confidence_->log_det();
      diagnostics.effective_dim =
          effective_dimension(confidence_->log_det(), t_, setup_.shape.arms, settings_.lambda);
    }
    return diagnostics;
  }

  Vector weights(bool initial) const override {
    return weight_list_.full(initial ? initial_ : theta_);
  }

 private:
  Index descent_steps() const {
    return settings_.training.steps_kind == TrainingSettings::Steps::rounds
               ? t_
               : settings_.training.steps;
  }

  /// The network's input: [x; x]/sqrt(2) where the mirror is not reduced.
  const Contexts& input(const Contexts& contexts) {
    if (mirror_ != Mirror::doubled) return contexts;
    ContextShape shape = contexts.shape();
    shape.dim *= 2;
    doubled_.resize(shape);
    doubled_.values() << contexts.values(), contexts.values();
    doubled_.values() /= std::numbers::sqrt2;
    return doubled_;
  }

  void add(const Observation& seen) {
    if (mirror_ != Mirror::doubled) {
      history_.add(seen.x, seen.reward);
      return;
    }
    Vector x(2 * seen.x.x.size());
    x << seen.x.x, seen.x.x;
    x /= std::numbers::sqrt2;
    history_.add({seen.x.block, x.data(), x.size()}, seen.reward);
  }

  void refit() {
    const bool anew = settings_.training.start == RefitStart::initial;
    fit_ = refit_->fit(history_, descent_steps(), anew ? initial_ : theta_, theta_);
    learning_rate_ = fit_->learning_rate;
  }

  NeuralSettings settings_;
  PolicySetup setup_;
  Mirror mirror_;
  Network network_;
  WeightList weight_list_;
  Vector initial_;  ///< theta_0
  Vector theta_;
  History history_;
  std::unique_ptr<Refit> refit_;
  std::unique_ptr<Confidence> confidence_;  ///< null where no width is wanted
  Index t_ = 0;
  double learning_rate_ = 0.0;
  double fitted_log_det_ = 0.0;  ///< log det(Z / lambda I) at the last refit
  std::optional<FitReport> fit_;
  GradientFactors scored_;  ///< of the last round's contexts, at the theta that scored them
  Contexts doubled_;
};

}  // namespace

std::unique_ptr<RewardModel> make_neural_model(const NeuralSettings& settings,
                                               const PolicySetup& setup, bool with_width) {
  return std::make_unique<NeuralModel>(settings, setup, with_width);
}

RunCost neural_cost(const NeuralSettings& settings, const EnvironmentFacts& facts, Index horizon,
                    bool with_width) {
  const auto network =
      std::make_shared<const Network>(
          network_shape(settings.network, facts.shape, mirror_of(settings)));
  const ConfidenceSetup setup = confidence_setup(settings, horizon, facts.shape.arms);
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

  // theta and theta_0, the history, the gradients scored.
  const double history =
      kGrowth * static_cast<double>((network->shape().dim + 1) * horizon);
  const double own =
      8.0 * (2.0 * p + history + factors * static_cast<double>(facts.shape.arms));
  const double refitting = refit_cost(*network, refit, horizon, steps(horizon)).bytes;
  const double z =
      with_width ? confidence_cost(settings.confidence, *network, setup, horizon).bytes : 0.0;

  RunCost cost{.bytes = own + refitting + z, .round = {}, .remedy = "a smaller network.width"};
  if (z > own + refitting && settings.confidence == ConfidenceKind::full) {
    cost.remedy = "\"confidence\": \"diagonal\" or \"last_layer\"";
  }
  cost.round = [=, kind = settings.confidence, schedule = settings.training.refit,
                dimension = static_cast<double>(facts.shape.nominal_dim())](Index t) {
    RoundCost round{.operations = scoring};
    if (with_width) {
      round.operations += confidence_cost(kind, *network, setup, t).operations;
    }
    if (const double refits = schedule.expected(t, dimension); refits > 0.0) {
      const RefitCost one = refit_cost(*network, refit, t, steps(t));
      round.refit_operations = refits * one.operations;
      round.refit_numbers = refits * one.numbers;
    }
    return round;
  };
  return cost;
}

}  // namespace cbsim
