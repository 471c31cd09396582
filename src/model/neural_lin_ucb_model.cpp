#include "cbsim/model/neural_lin_ucb_model.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "cbsim/confidence/cholesky_factor.hpp"
#include "cbsim/core/error.hpp"
#include "cbsim/training/descent.hpp"
#include "cbsim/training/feature_network.hpp"

namespace cbsim {
namespace {

class NeuralLinUcbModel final : public RewardModel {
 public:
  NeuralLinUcbModel(const NeuralLinUcbSettings& settings, const PolicySetup& setup)
      : settings_(settings),
        arms_(setup.shape.arms),
        network_({.dim = setup.shape.dim,
                  .blocks = setup.shape.blocks,
                  .width = settings.width,
                  .depth = settings.depth,
                  .features = settings.features}),
        initial_(network_.draw(setup.seed)),
        w_(initial_),
        factor_(settings.features, settings.lambda),
        b_(Vector::Zero(settings.features)),
        theta_(b_),
        history_(setup.shape.dim, setup.shape.blocks),
        heads_(static_cast<std::size_t>(setup.shape.blocks)),
        objective_(make_feature_objective(network_, initial_, heads_)) {}

  void predict(const Contexts& contexts, Vector& mean) override {
    network_.evaluate(w_, contexts.views(), scored_);
    mean.noalias() = scored_.transpose() * theta_;
  }

  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    predict(contexts, mean);
    solved_ = scored_;
    factor_.half_solve(solved_);
    width = solved_.colwise().norm().transpose();
  }

  void update(const Outcome& outcome) override {
    rounds_ = outcome.round;
    pending_.push_back({outcome.round, scored_.col(outcome.arm)});
    for (const Observation& seen : outcome.arrived) add(seen);
    fit_.reset();
    const bool due = settings_.refit.due(rounds_, factor_.log_det() - fitted_log_det_);
    if (!due || history_.size() == 0) return;
    fitted_log_det_ = factor_.log_det();
    refit();
  }

  ConfidenceState confidence_state() const override {
    return {.t = history_.size(), .log_det = factor_.log_det(), .lambda = settings_.lambda};
  }

  Diagnostics diagnostics() const override {
    const double log_det = factor_.log_det();
    return {
        .fit = fit_,
        .drift = (w_ - initial_).norm(),
        .log_det = log_det,
        .effective_dim = effective_dimension(log_det, history_.size(), arms_, settings_.lambda)};
  }

  Vector weights(bool initial) const override { return initial ? initial_ : w_; }

  void state(StateArchive& archive) override {
    history_.state(archive);
    for (Index b = 0; b < history_.blocks(); ++b) {
      Matrix& heads = heads_[static_cast<std::size_t>(b)];
      archive.columns(heads, settings_.features);
      StateArchive::demand(heads.cols() >= history_.size(b));
    }
    auto waiting = static_cast<Index>(pending_.size());
    archive.value(waiting);
    if (archive.restoring()) pending_.clear();
    for (Index i = 0; i < waiting; ++i) {
      if (archive.restoring()) pending_.push_back({0, Vector(settings_.features)});
      Played& played = pending_[static_cast<std::size_t>(i)];
      archive.value(played.round);
      archive.numbers(played.phi);
    }
    factor_.state(archive);
    archive.numbers(w_);
    archive.numbers(b_);
    archive.numbers(theta_);
    archive.value(rounds_);
    archive.value(fitted_log_det_);
  }

 private:
  /// The features of an arm that was played, until its reward arrives.
  struct Played {
    Index round = 0;
    Vector phi;
  };

  void add(const Observation& seen) {
    const auto played = std::ranges::find(pending_, seen.round, &Played::round);
    if (played == pending_.end()) {
      throw RunError("the features of round " + std::to_string(seen.round) +
                     " are unknown; the checkpoint was damaged, start the run anew");
    }
    factor_.add(played->phi);
    b_ += seen.reward * played->phi;
    theta_ = b_;
    factor_.solve(theta_);
    pending_.erase(played);

    Matrix& heads = heads_[static_cast<std::size_t>(seen.x.block)];
    const Index n = history_.size(seen.x.block);
    if (n == heads.cols()) {
      heads.conservativeResize(settings_.features, std::max<Index>(16, 2 * n));
    }
    heads.col(n) = theta_;
    history_.add(seen.x, seen.reward);
  }

  void refit() {
    objective_->append(history_);
    const bool given = settings_.rate_kind == NeuralLinUcbSettings::Rate::number;
    const double curvature = given ? 0.0 : objective_->largest_start_eigenvalue();
    const DescentPlan plan{.steps = settings_.steps,
                           .learning_rate = given             ? settings_.learning_rate
                                            : curvature > 0.0 ? 1.0 / curvature
                                                              : 1.0,
                           .halve_on_rise = !given,
                           .stop_below = settings_.stop_below,
                           .samples = history_.size()};
    fit_ = gradient_descent(*objective_, plan, initial_, space_);
    w_ = space_.w;
  }

  NeuralLinUcbSettings settings_;
  Index arms_;
  FeatureNetwork network_;
  Vector initial_, w_;
  CholeskyFactor factor_;  ///< of A
  Vector b_, theta_;
  History history_;
  std::vector<Matrix> heads_;  ///< theta_i of the observations of each block, as columns
  std::unique_ptr<Objective<double>> objective_;
  DescentSpace<double> space_;
  std::vector<Played> pending_;
  Index rounds_ = 0;
  double fitted_log_det_ = 0.0;
  std::optional<FitReport> fit_;
  Matrix scored_, solved_;  ///< k x K
};

}  // namespace

Settings NeuralLinUcbSettings::settings() {
  return {
      real("lambda", &lambda, above(0), {"ridge penalty", "λ"}),
      group("network",
            {integer("width", &width, between(1, 1e5), {"units of a hidden layer", "m"}),
             integer("depth", &depth, between(2, 50),
                     {"weight matrices: 2 is one hidden layer and the features", "L"}),
             integer("features", &features, between(1, 1e4), {"dimension of the features", "d"})},
            {"the feature map φ(x; w) = √m σ(W_L σ(… σ(W₁x)))"}),
      group("training",
            {integer("steps", &steps, between(0, 1e9), {"gradient steps of a refit", "J"}),
             one_of("learning_rate", &rate_kind,
                    {WordSlot{"auto"}, RealSlot{&learning_rate, above(0)}},
                    {"step size; auto: 1/(largest curvature at the start), halved where the loss "
                     "rises",
                     "η"}),
             real("stop_below", &stop_below, at_least(0),
                  {"a refit ends early once the mean squared error is below this"}),
             refit.setting()},
            {"how w is fitted, from its start each time"}),
  };
}

std::unique_ptr<RewardModel> make_neural_lin_ucb_model(const NeuralLinUcbSettings& settings,
                                                       const PolicySetup& setup) {
  return std::make_unique<NeuralLinUcbModel>(settings, setup);
}

RunCost neural_lin_ucb_cost(const NeuralLinUcbSettings& settings, const EnvironmentFacts& facts,
                            Index horizon) {
  const auto m = static_cast<double>(settings.width), k = static_cast<double>(settings.features);
  const auto d = static_cast<double>(facts.shape.dim), t = static_cast<double>(horizon);
  const auto hidden = static_cast<double>(settings.depth - 2);
  const double p = m * (d * static_cast<double>(facts.shape.blocks) + m * hidden + k);
  const double pass = 2.0 * m * (d + m * hidden + k);  // of one sample
  const double scoring = (pass + k * k) * static_cast<double>(facts.shape.arms) + 5.0 * k * k;
  return {
      .bytes = 8.0 *
               (6.0 * p + k * k + kGrowth * (d + k + 1.0) * t + (m * (hidden + 3.0) + 3.0 * k) * t),
      .round =
          [=, schedule = settings.refit, steps = static_cast<double>(settings.steps)](Index at) {
            RoundCost round{.operations = scoring};
            const double refits = schedule.expected(at, k);
            round.refit_operations = refits * (steps + 40.0) * 3.0 * pass * static_cast<double>(at);
            round.refit_numbers = refits * steps * p;
            return round;
          },
      .remedy = "a smaller network.width"};
}

}  // namespace cbsim
