#include "cbsim/model/neural_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralUcbSpec final : public PolicySpec {
 public:
  Settings settings() override { return joined({gamma_.setting(true)}, model_.settings(true)); }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts, true);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return neural_cost(model_, facts, horizon, true);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_ucb(make_neural_model(model_, setup, GradientsInZ::at_choice), gamma_);
  }

 private:
  ExplorationFactor gamma_{0.1};
  NeuralSettings model_;
};

}  // namespace

PolicyType neural_ucb() {
  return {"neural_ucb",
          "NeuralUCB",
          "UCB",
          "neural",
          "f(x; θ) + γ √(gᵀZ⁻¹g/m), g the gradient of f",
          "Zhou, Li, Gu 2020, Algorithm 1",
          make_spec<PolicySpec, NeuralUcbSpec>};
}

}  // namespace cbsim::policies
