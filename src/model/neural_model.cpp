#include "cbsim/model/neural_model.hpp"

#include <cmath>
#include <numbers>
#include <optional>

#include "cbsim/core/error.hpp"
#include "cbsim/core/history.hpp"
#include "cbsim/training/gradient_descent.hpp"
#include "cbsim/training/start_curvature.hpp"

namespace cbsim {
namespace {

Mirror mirror_of(const NeuralSettings& settings) {
  const bool mirrored = settings.network.init == InitialLaw::symmetric ||
                        (settings.network.init == InitialLaw::file && settings.network.mirrored);
  if (!mirrored) return Mirror::none;
  return settings.training.penalty == PenaltyCenter::zero ? Mirror::doubled : Mirror::reduced;
}

NetworkShape shape_of(const NeuralSettings& settings, const ContextShape& contexts, Mirror mirror) {
  return {.dim = contexts.dim * (mirror == Mirror::doubled ? 2 : 1),
          .blocks = contexts.blocks,
          .width = settings.network.width,
          .depth = settings.network.depth,
          .bias = settings.network.bias,
          .output_scale = settings.network.output_scale == OutputScale::sqrt_width
                              ? std::sqrt(static_cast<double>(settings.network.width))
                              : 1.0,
          .input_copies = mirror == Mirror::reduced ? 2 : 1};
}

class NeuralModel final : public RewardModel {
 public:
  NeuralModel(const NeuralSettings& settings, const PolicySetup& setup, bool with_width)
      : settings_(settings),
        setup_(setup),
        mirror_(mirror_of(settings)),
        network_(shape_of(settings, setup.shape, mirror_)),
        weight_list_(network_, mirror_),
        initial_(weight_list_.theta(
            settings.network.init == InitialLaw::file
                ? parse_weight_list(settings.network.weights)
                : draw_weight_list(settings.network.init, network_, mirror_, setup.seed))),
        theta_(initial_),
        history_(network_.shape().dim, setup.shape.blocks),
        loss_(make_fused_squared_error(network_),
              settings.lambda * scale(settings.training.penalty_scale == PenaltyScale::width),
              settings.training.penalty, settings.training.loss == LossForm::mean, initial_) {
    if (with_width) {
      confidence_ =
          make_confidence(settings.confidence, network_,
                          {.lambda = settings.lambda,
                           .scale = scale(settings.confidence_scale == ConfidenceScale::width),
                           .horizon = setup.horizon,
                           .arms = setup.shape.arms});
    }
    if (settings.training.rate_kind == TrainingSettings::Rate::automatic) {
      curvature_.emplace(network_, initial_);
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
    if (settings_.training.due(outcome.round) && history_.size() > 0) refit();
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
  double scale(bool by_width) const {
    return by_width ? static_cast<double>(settings_.network.width) : 1.0;
  }

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
    loss_.append(history_);
    DescentPlan plan{.steps = descent_steps(),
                     .learning_rate = settings_.training.learning_rate,
                     .halve_on_rise = curvature_.has_value()};
    if (curvature_) {
      curvature_->append(history_);
      const double curvature =
          loss_.weight() * (curvature_->largest_eigenvalue() + loss_.penalty());
      plan.learning_rate = curvature > 0.0 ? 1.0 / curvature : 1.0;
    }
    start_ = settings_.training.start == RefitStart::initial ? initial_ : theta_;
    fit_ = gradient_descent(loss_, plan, start_, theta_, gradient_);
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
  Loss loss_;
  std::unique_ptr<Confidence> confidence_;   ///< null where no width is wanted
  std::optional<StartCurvature> curvature_;  ///< for an automatic learning rate
  Index t_ = 0;
  double learning_rate_ = 0.0;
  std::optional<FitReport> fit_;
  GradientFactors scored_;  ///< of the last round's contexts, at the theta that scored them
  Contexts doubled_;
  Vector start_, gradient_;
};

}  // namespace

std::unique_ptr<RewardModel> make_neural_model(const NeuralSettings& settings,
                                               const PolicySetup& setup, bool with_width) {
  return std::make_unique<NeuralModel>(settings, setup, with_width);
}

}  // namespace cbsim
