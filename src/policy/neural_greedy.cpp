#include "cbsim/model/neural_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralGreedySpec final : public PolicySpec {
 public:
  Settings settings() override { return model_.settings(false); }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts, false);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return neural_cost(model_, facts, horizon, false);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_greedy(make_neural_model(model_, setup, GradientsInZ::none));
  }

 private:
  NeuralSettings model_;
};

}  // namespace

PolicyType neural_greedy() {
  return {"neural_greedy",
          "Neural greedy",
          "greedy",
          "neural",
          "the arm with the largest f(x; θ)",
          "Zhou, Li, Gu 2020, section 7 (Neural ε-greedy with ε = 0)",
          make_spec<PolicySpec, NeuralGreedySpec>};
}

}  // namespace cbsim::policies
