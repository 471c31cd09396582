#include "cbsim/model/tangent_model.hpp"

#include <algorithm>

#include "cbsim/training/factor_history.hpp"
#include "kernel_regression.hpp"

namespace cbsim {

Settings TangentSettings::settings() {
  return {real("lambda", &lambda, above(0), {"ridge penalty", "λ"}),
          group("network", network.settings(), {"the network f(x; θ₀), which is not trained"})};
}

std::vector<Violation> TangentSettings::check(const EnvironmentFacts& facts) const {
  return nested("network", network.check(facts));
}

namespace {

/// Any mirrored input is reduced: that leaves inner products of gradients as they are.
Mirror mirror_of(const TangentSettings& settings) {
  return mirror_of(settings.network, PenaltyCenter::initial);
}

class TangentKernel final : public Kernel {
 public:
  TangentKernel(const TangentSettings& settings, const PolicySetup& setup)
      : network_(network_shape(settings.network, setup.shape, mirror_of(settings))),
        weight_list_(network_, mirror_of(settings)),
        theta_(weight_list_.theta(
            initial_weight_list(settings.network, network_, mirror_of(settings), setup.seed))),
        stored_(network_.layout()) {}

  void evaluate(std::span<const ContextView> contexts, Matrix& with_stored,
                Vector& with_itself) override {
    const auto m = static_cast<double>(network_.shape().width);
    network_.evaluate(theta_, contexts, f_, &evaluated_);
    stored_.inner_products(evaluated_, with_stored);
    with_stored /= m;
    with_itself.resize(f_.size());
    for (Index i = 0; i < f_.size(); ++i) with_itself(i) = squared_norm(evaluated_, i) / m;
  }

  Index size() const override { return stored_.size(); }
  void store(const ContextView& /*context*/, Index i) override { stored_.append(evaluated_, i); }

  Vector weights() const override { return weight_list_.full(theta_); }
  void state(StateArchive& archive) override { stored_.state(archive); }

 private:
  Network network_;
  WeightList weight_list_;
  Vector theta_;               ///< theta_0
  FactorHistory stored_;       ///< gradients
  GradientFactors evaluated_;  ///< those of the contexts evaluated last
  Vector f_;
};

}  // namespace

std::unique_ptr<RewardModel> make_tangent_model(const TangentSettings& settings,
                                                const PolicySetup& setup) {
  return std::make_unique<KernelRegression>(std::make_unique<TangentKernel>(settings, setup),
                                            setup.shape.arms, settings.lambda, setup.horizon);
}

RunCost tangent_cost(const TangentSettings& settings, const EnvironmentFacts& facts,
                     Index horizon) {
  const Network network(network_shape(settings.network, facts.shape, mirror_of(settings)));
  double touched = 0.0, factors = 0.0;  // of one gradient
  for (const ParameterMatrix& matrix : network.layout().matrices) {
    touched += static_cast<double>(matrix.block_size());
    factors += static_cast<double>(matrix.rows + matrix.cols);
  }
  RunCost cost = kernel_regression_cost(facts.shape.arms, kGrowth * factors, horizon);
  // theta_0 and what the full weights have besides; once they are drawn, before any round.
  const double weights = 8.0 * static_cast<double>(WeightList(network, mirror_of(settings)).size());
  cost.bytes = weights + std::max(cost.bytes, weights);
  cost.remedy = "a smaller network.width";
  // Forward and backward for each arm.
  cost.round = [regression = cost.round,
                scoring = 4.0 * touched * static_cast<double>(facts.shape.arms)](Index t) {
    RoundCost round = regression(t);
    round.operations += scoring;
    return round;
  };
  return cost;
}

}  // namespace cbsim
