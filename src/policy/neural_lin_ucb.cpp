#include "cbsim/model/neural_lin_ucb_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralLinUcbSpec final : public PolicySpec {
 public:
  Settings settings() override {
    return joined(
        {
            gamma_.setting(false),
            initial_pulls_setting(initial_pulls_),
        },
        model_.settings());
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return neural_lin_ucb_cost(model_, facts, horizon);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_initial_pulls(make_ucb(make_neural_lin_ucb_model(model_, setup), gamma_),
                              initial_pulls_);
  }

 private:
  ExplorationFactor gamma_{0.02};
  std::int64_t initial_pulls_ = 3;
  NeuralLinUcbSettings model_;
};

}  // namespace

PolicyType neural_lin_ucb() {
  return {"neural_lin_ucb",
          "Neural-LinUCB",
          "UCB",
          "last layer",
          "θᵀφ(x; w) + γ √(φᵀA⁻¹φ), φ the features when they were played, w refitted now and then",
          "Xu, Wen, Zhao, Gu 2022, Algorithms 1 and 2",
          make_spec<PolicySpec, NeuralLinUcbSpec>};
}

}  // namespace cbsim::policies
