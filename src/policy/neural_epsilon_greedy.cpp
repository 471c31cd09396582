#include "cbsim/model/neural_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralEpsilonGreedySpec final : public PolicySpec {
 public:
  Settings settings() override {
    return joined({epsilon_setting(epsilon_)}, model_.settings(false));
  }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts, false);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return neural_cost(model_, facts, horizon, false);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_epsilon_greedy(make_neural_model(model_, setup, GradientsInZ::none), epsilon_, setup.seed);
  }

 private:
  Schedule epsilon_{0.1};
  NeuralSettings model_;
};

}  // namespace

PolicyType neural_epsilon_greedy() {
  return {"neural_epsilon_greedy",
          "Neural ε-greedy",
          "epsilon-greedy",
          "neural",
          "the arm with the largest f(x; θ), or with probability ε any arm",
          "Zhou, Li, Gu 2020, section 7",
          make_spec<PolicySpec, NeuralEpsilonGreedySpec>};
}

}  // namespace cbsim::policies
