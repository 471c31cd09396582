#include "cbsim/model/logistic_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class GlmUcbSpec final : public PolicySpec {
 public:
  Settings settings() override { return joined({gamma_.setting(false)}, model_.settings()); }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return logistic_cost(model_, facts.shape, horizon);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_ucb(make_logistic_model(model_, setup.shape), gamma_);
  }

 private:
  ExplorationFactor gamma_{1.0};
  LinearSettings model_;
};

}  // namespace

PolicyType glm_ucb() {
  return {"glm_ucb",
          "GLM-UCB",
          "UCB",
          "logistic",
          "μ(xᵀθ) + γ √(xᵀV⁻¹x), μ(z) = 1/(1 + e⁻ᶻ), θ by logistic regression",
          "Filippi, Cappé, Garivier, Szepesvári 2010",
          make_spec<PolicySpec, GlmUcbSpec>};
}

}  // namespace cbsim::policies
