#include "cbsim/model/neural_model.hpp"

#include <cmath>

#include "cbsim/confidence/confidence_cost.hpp"
#include "cbsim/model/trained_network.hpp"

namespace cbsim {
namespace {

ConfidenceSetup confidence_setup(const NeuralSettings& settings, Index horizon, Index arms) {
  const bool by_width = settings.confidence_scale == ConfidenceScale::width;
  return {.lambda = settings.lambda,
          .scale = by_width ? static_cast<double>(settings.network.width) : 1.0,
          .horizon = horizon,
          .arms = arms};
}

class NeuralModel final : public RewardModel {
 public:
  NeuralModel(const NeuralSettings& settings, const PolicySetup& setup, GradientsInZ gradients,
              const TrainingNoise& noise)
      : lambda_(settings.lambda),
        arms_(setup.shape.arms),
        gradients_(gradients),
        trained_(settings, setup, noise) {
    if (gradients != GradientsInZ::none) {
      confidence_ = make_confidence(settings.confidence, trained_.network(),
                                    confidence_setup(settings, setup.horizon, arms_));
    }
  }

  void predict(const Contexts& contexts, Vector& mean) override {
    evaluate(trained_.input(contexts).views(), mean, nullptr);
  }

  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    evaluate(trained_.input(contexts).views(), mean, &scored_);
    confidence_->squared_widths(scored_, width);
    width = width.cwiseSqrt();
  }

  void update(const Outcome& outcome) override {
    if (gradients_ == GradientsInZ::at_choice) confidence_->add(scored_, outcome.arm);
    const bool fitted = trained_.update(outcome, log_det());
    if (gradients_ == GradientsInZ::after_refit) add_after_refit(outcome, fitted);
  }

  ConfidenceState confidence_state() const override {
    const NetworkShape& shape = trained_.network().shape();
    return {.t = trained_.rounds(),
            .log_det = log_det(),
            .lambda = lambda_,
            .width = static_cast<double>(shape.width),
            .depth = static_cast<double>(shape.depth),
            .learning_rate = trained_.learning_rate(),
            .steps = static_cast<double>(trained_.steps())};
  }

  Diagnostics diagnostics() const override {
    Diagnostics diagnostics = trained_.diagnostics();
    if (confidence_) {
      diagnostics.log_det = log_det();
      diagnostics.effective_dim = effective_dimension(log_det(), trained_.rounds(), arms_, lambda_);
    }
    return diagnostics;
  }

  Vector weights(bool initial) const override { return trained_.weights(initial); }

  void state(StateArchive& archive) override {
    trained_.state(archive);
    if (confidence_) confidence_->state(archive);
  }

 private:
  void evaluate(std::span<const ContextView> inputs, Vector& f, GradientFactors* gradients) const {
    trained_.network().evaluate(trained_.theta(), inputs, f, gradients);
  }

  double log_det() const { return confidence_ ? confidence_->log_det() : 0.0; }

  /// Without a refit the gradient is the one that was scored.
  void add_after_refit(const Outcome& outcome, bool fitted) {
    if (!fitted) return confidence_->add(scored_, outcome.arm);
    const ContextView played = trained_.input(outcome.contexts[outcome.arm]);
    evaluate({&played, 1}, played_mean_, &played_);
    confidence_->add(played_, 0);
  }

  double lambda_;
  Index arms_;
  GradientsInZ gradients_;
  TrainedNetwork trained_;
  std::unique_ptr<Confidence> confidence_;  ///< null where no width is wanted
  GradientFactors scored_;  ///< of the last round's contexts, at the theta that scored them
  GradientFactors played_;  ///< of the arm that was played, after the refit
  Vector played_mean_;
};

}  // namespace

std::unique_ptr<RewardModel> make_neural_model(const NeuralSettings& settings,
                                               const PolicySetup& setup, GradientsInZ gradients) {
  return std::make_unique<NeuralModel>(settings, setup, gradients, TrainingNoise{});
}

std::unique_ptr<RewardModel> make_perturbed_neural_model(const NeuralSettings& settings,
                                                         const PolicySetup& setup,
                                                         double reward_noise) {
  return std::make_unique<NeuralModel>(settings, setup, GradientsInZ::none,
                                       TrainingNoise{.rewards = reward_noise});
}

RunCost neural_cost(const NeuralSettings& settings, const EnvironmentFacts& facts, Index horizon,
                    bool with_width) {
  RunCost cost = training_cost(settings, facts, horizon);
  if (!with_width) return cost;
  const auto network = std::make_shared<const Network>(network_shape(
      settings.network, facts.shape, mirror_of(settings.network, settings.training.penalty)));
  const ConfidenceSetup setup = confidence_setup(settings, horizon, facts.shape.arms);
  const double z = confidence_cost(settings.confidence, *network, setup, horizon).bytes;
  if (z > cost.bytes && settings.confidence == ConfidenceKind::full) {
    cost.remedy = "\"confidence\": \"diagonal\" or \"last_layer\"";
  }
  cost.bytes += z;
  cost.round = [=, training = cost.round, kind = settings.confidence](Index t) {
    RoundCost round = training(t);
    round.operations += confidence_cost(kind, *network, setup, t).operations;
    return round;
  };
  return cost;
}

}  // namespace cbsim
