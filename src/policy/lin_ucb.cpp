#include "cbsim/model/linear_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class LinUcbSpec final : public PolicySpec {
 public:
  Settings settings() override { return joined({gamma_.setting(false)}, model_.settings()); }

  RunCost cost(const EnvironmentFacts& facts, Index /*horizon*/) const override {
    return linear_cost(model_, facts.shape);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_ucb(make_linear_model(model_, setup.shape), gamma_);
  }

 private:
  ExplorationFactor gamma_{1.0};
  LinearSettings model_;
};

}  // namespace

PolicyType lin_ucb() {
  return {"lin_ucb",
          "LinUCB",
          "UCB",
          "linear",
          "xᵀθ + γ √(xᵀA⁻¹x), θ by ridge regression",
          "Li, Chu, Langford, Schapire 2010; Abbasi-Yadkori, Pál, Szepesvári 2011",
          make_spec<PolicySpec, LinUcbSpec>};
}

}  // namespace cbsim::policies
