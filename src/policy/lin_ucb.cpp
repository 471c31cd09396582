#include "cbsim/model/linear_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class LinUcbSpec final : public PolicySpec {
 public:
  Settings settings() override {
    return {gamma_.setting(false), real("lambda", &lambda_, above(0), {"ridge penalty", "λ"})};
  }

  RunCost cost(const EnvironmentFacts& facts, Index /*horizon*/) const override {
    return linear_cost(facts.shape);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_ucb(make_linear_model(setup.shape, lambda_), gamma_);
  }

 private:
  ExplorationFactor gamma_{1.0};
  double lambda_ = 1.0;
};

}  // namespace

PolicyType lin_ucb() {
  return {"lin_ucb",
          "LinUCB",
          "UCB",
          "linear",
          "x^T theta + gamma sqrt(x^T A^-1 x), theta by ridge regression",
          "Li, Chu, Langford, Schapire 2010; Abbasi-Yadkori, Pál, Szepesvári 2011",
          make_spec<PolicySpec, LinUcbSpec>};
}

}  // namespace cbsim::policies
