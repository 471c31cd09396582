#include "cbsim/model/tangent_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralUcb0Spec final : public PolicySpec {
 public:
  Settings settings() override { return joined({gamma_.setting(false)}, model_.settings()); }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return tangent_cost(model_, facts, horizon);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_ucb(make_tangent_model(model_, setup), gamma_);
  }

 private:
  ExplorationFactor gamma_{0.1};
  TangentSettings model_;
};

}  // namespace

PolicyType neural_ucb0() {
  return {"neural_ucb0",
          "NeuralUCB₀",
          "UCB",
          "tangent",
          "LinUCB on the features g(x; θ₀)/√m of an untrained network",
          "Zhou, Li, Gu 2020, appendix E",
          make_spec<PolicySpec, NeuralUcb0Spec>};
}

}  // namespace cbsim::policies
