#include "cbsim/model/neural_linear_model.hpp"

#include <algorithm>
#include <vector>

#include "cbsim/core/make_each.hpp"
#include "cbsim/model/trained_network.hpp"

namespace cbsim {
namespace {

class NeuralLinearModel final : public RewardModel {
 public:
  NeuralLinearModel(const NeuralSettings& settings, const NormalInverseGammaPrior& prior,
                    const PolicySetup& setup)
      : trained_(settings, setup),
        posteriors_(make_each<BayesianRegression>(
            setup.shape.blocks,
            trained_.network().shape().width + (trained_.network().shape().bias ? 1 : 0), prior)),
        drawn_(posteriors_.size()) {}

  void predict(const Contexts& contexts, Vector& mean) override {
    const auto views = trained_.input(contexts).views();
    features(views, scored_);
    mean.resize(contexts.arms());
    for (Index a = 0; a < mean.size(); ++a) {
      mean(a) = posterior(views[static_cast<std::size_t>(a)].block).mean().dot(scored_.col(a));
    }
  }

  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    predict(contexts, mean);
    width.resize(mean.size());
    for (Index a = 0; a < mean.size(); ++a) {
      width(a) = posterior(contexts[a].block).width(scored_.col(a));
    }
  }

  void sample(const Contexts& contexts, double scale, Stream& stream, Vector& mean,
              Vector& draw) override {
    predict(contexts, mean);
    for (std::size_t b = 0; b < posteriors_.size(); ++b) {
      posteriors_[b].sample(scale, stream, drawn_[b]);
    }
    draw.resize(mean.size());
    for (Index a = 0; a < mean.size(); ++a) {
      draw(a) = drawn_[static_cast<std::size_t>(contexts[a].block)].dot(scored_.col(a));
    }
  }

  void update(const Outcome& outcome) override {
    if (trained_.update(outcome)) return recompute();
    for (const Observation& seen : outcome.arrived) {
      const ContextView x = trained_.input(seen.x);
      features({&x, 1}, arrived_);
      posterior(x.block).add(arrived_.col(0), seen.reward);
    }
  }

  ConfidenceState confidence_state() const override { return {.t = trained_.rounds()}; }
  Diagnostics diagnostics() const override { return trained_.diagnostics(); }
  Vector weights(bool initial) const override { return trained_.weights(initial); }

  void state(StateArchive& archive) override {
    trained_.state(archive);
    for (BayesianRegression& posterior : posteriors_) posterior.state(archive);
  }

 private:
  BayesianRegression& posterior(Index block) {
    return posteriors_[static_cast<std::size_t>(block)];
  }

  /// Of n contexts, as columns: the gradient of f with respect to W_L and b_L.
  void features(std::span<const ContextView> inputs, Matrix& out) {
    const Network& network = trained_.network();
    const Index depth = network.shape().depth, m = network.shape().width;
    network.evaluate(trained_.theta(), inputs, f_, &factors_);
    const std::size_t last = network.weight_index(depth);
    out.resize(m + (network.shape().bias ? 1 : 0), static_cast<Index>(inputs.size()));
    out.topRows(m) = network.shape().output_scale * factors_.right[last];
    if (network.shape().bias) out.bottomRows(1).setConstant(network.shape().output_scale);
  }

  void recompute() {
    constexpr Index kTogether = 512;  // contexts, so that their factors stay small
    const History& history = trained_.history();
    for (Index b = 0; b < history.blocks(); ++b) {
      const Index n = history.size(b);
      all_.resize(posterior(b).mean().size(), n);
      for (Index first = 0; first < n; first += kTogether) {
        const Index count = std::min(kTogether, n - first);
        views_.clear();
        for (Index i = first; i < first + count; ++i) {
          views_.emplace_back(b, history.contexts(b).col(i).data(), history.dim());
        }
        features(views_, arrived_);
        all_.middleCols(first, count) = arrived_;
      }
      posterior(b).set(all_, history.rewards(b));
    }
  }

  TrainedNetwork trained_;
  std::vector<BayesianRegression> posteriors_;  ///< of each block
  std::vector<Vector> drawn_;
  Matrix scored_, arrived_, all_;
  std::vector<ContextView> views_;
  Vector f_;
  GradientFactors factors_;
};

}  // namespace

std::unique_ptr<RewardModel> make_neural_linear_model(const NeuralSettings& settings,
                                                      const NormalInverseGammaPrior& prior,
                                                      const PolicySetup& setup) {
  return std::make_unique<NeuralLinearModel>(settings, prior, setup);
}

RunCost neural_linear_cost(const NeuralSettings& settings, const EnvironmentFacts& facts,
                           Index horizon) {
  RunCost cost = training_cost(settings, facts, horizon);
  const auto m = static_cast<double>(settings.network.width);
  const auto arms = static_cast<double>(facts.shape.arms);
  const auto blocks = static_cast<double>(facts.shape.blocks);
  const double pass = 4.0 * m * static_cast<double>(facts.shape.dim) +
                      4.0 * m * m * static_cast<double>(settings.network.depth - 2);
  cost.bytes += 8.0 * (blocks * m * m + m * static_cast<double>(horizon));
  cost.round = [=, training = cost.round, schedule = settings.training.refit](Index t) {
    RoundCost round = training(t);
    round.operations += m * m * (blocks + arms + 5.0);
    if (schedule.expected(t, m) > 0.0) {
      round.operations += static_cast<double>(t) * (m * m + pass) + blocks * m * m * m / 3.0;
    }
    return round;
  };
  return cost;
}

}  // namespace cbsim
