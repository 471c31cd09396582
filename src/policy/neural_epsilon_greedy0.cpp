#include "cbsim/model/tangent_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralEpsilonGreedy0Spec final : public PolicySpec {
 public:
  Settings settings() override { return joined({epsilon_setting(epsilon_)}, model_.settings()); }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return tangent_cost(model_, facts, horizon);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_epsilon_greedy(make_tangent_model(model_, setup), epsilon_, setup.seed);
  }

 private:
  Schedule epsilon_{0.1};
  TangentSettings model_;
};

}  // namespace

PolicyType neural_epsilon_greedy0() {
  return {"neural_epsilon_greedy0",
          "Neural ε-greedy₀",
          "epsilon-greedy",
          "tangent",
          "the arm with the largest ridge prediction on the features g(x; θ₀)/√m, or with "
          "probability ε any arm",
          "Zhou, Li, Gu 2020, section 7",
          make_spec<PolicySpec, NeuralEpsilonGreedy0Spec>};
}

}  // namespace cbsim::policies
