#include "cbsim/model/linear_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class LinearEpsilonGreedySpec final : public PolicySpec {
 public:
  Settings settings() override { return joined({epsilon_setting(epsilon_)}, model_.settings()); }

  RunCost cost(const EnvironmentFacts& facts, Index /*horizon*/) const override {
    return linear_cost(model_, facts.shape);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_epsilon_greedy(make_linear_model(model_, setup.shape), epsilon_, setup.seed);
  }

 private:
  Schedule epsilon_{0.1};
  LinearSettings model_;
};

}  // namespace

PolicyType linear_epsilon_greedy() {
  return {"linear_epsilon_greedy",
          "Linear ε-greedy",
          "epsilon-greedy",
          "linear",
          "the arm with the largest xᵀθ, or with probability ε any arm",
          "",
          make_spec<PolicySpec, LinearEpsilonGreedySpec>};
}

}  // namespace cbsim::policies
