#include <cmath>

#include "cbsim/model/neural_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralTsSpec final : public PolicySpec {
 public:
  Settings settings() override {
    return joined(
        {
            nu_.setting("nu", at_least(0),
                        {"factor of the spread of the draws", "ν", "Zhang, Zhou, Li, Gu 2021"}),
        },
        model_.settings(true));
  }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts, true);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return neural_cost(model_, facts, horizon, true);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_thompson(make_neural_model(model_, setup, GradientsInZ::after_refit),
                         nu_.times(std::sqrt(model_.lambda)), setup.seed);
  }

 private:
  Schedule nu_{0.1};
  NeuralSettings model_;
};

}  // namespace

PolicyType neural_ts() {
  return {"neural_ts",
          "NeuralTS",
          "Thompson",
          "neural",
          "a draw from N(f(x; θ), ν² λ gᵀZ⁻¹g/m) for each arm, g added to Z at the new θ",
          "Zhang, Zhou, Li, Gu 2021, Algorithm 1",
          make_spec<PolicySpec, NeuralTsSpec>};
}

}  // namespace cbsim::policies
