#include "cbsim/model/neural_linear_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralLinearSpec final : public PolicySpec {
 public:
  NeuralLinearSpec() { model_.training.refit.every = 50; }

  Settings settings() override {
    return joined(
        {
            nu_.setting("nu", at_least(0), {"factor of the spread of the draws", "ν"}),
            initial_pulls_setting(initial_pulls_),
            group("prior", prior_.settings(),
                  {"of the regression: β | σ² ~ N(0, σ²/λ₀ I), σ² ~ IG(a₀, b₀)"}),
        },
        model_.settings(false));
  }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts, false);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return neural_linear_cost(model_, facts, horizon);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_initial_pulls(
        make_thompson(make_neural_linear_model(model_, prior_, setup), nu_, setup.seed),
        initial_pulls_);
  }

 private:
  Schedule nu_{1.0};
  std::int64_t initial_pulls_ = 2;
  NormalInverseGammaPrior prior_;
  NeuralSettings model_;
};

}  // namespace

PolicyType neural_linear() {
  return {"neural_linear",
          "NeuralLinear",
          "Thompson",
          "last layer",
          "draws from a Bayesian linear regression on the last hidden layer, anew after each refit",
          "Riquelme, Tucker, Snoek 2018, section 4",
          make_spec<PolicySpec, NeuralLinearSpec>};
}

}  // namespace cbsim::policies
