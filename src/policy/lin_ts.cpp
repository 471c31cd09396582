#include "cbsim/model/linear_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class LinTsSpec final : public PolicySpec {
 public:
  Settings settings() override { return joined({nu_setting(nu_)}, model_.settings()); }

  RunCost cost(const EnvironmentFacts& facts, Index /*horizon*/) const override {
    return linear_cost(model_, facts.shape);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_thompson(make_linear_model(model_, setup.shape), nu_, setup.seed);
  }

 private:
  Schedule nu_{0.1};
  LinearSettings model_;
};

}  // namespace

PolicyType lin_ts() {
  return {"lin_ts",
          "LinTS",
          "Thompson",
          "linear",
          "xᵀθ̃ with θ̃ ~ N(θ, ν²A⁻¹), θ by ridge regression",
          "Agrawal, Goyal 2013, Algorithm 1",
          make_spec<PolicySpec, LinTsSpec>};
}

}  // namespace cbsim::policies
