#include "cbsim/model/kernel_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class KernelTsSpec final : public PolicySpec {
 public:
  Settings settings() override { return joined({nu_setting(nu_)}, model_.settings()); }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return kernel_cost(model_, facts, horizon);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_thompson(make_kernel_model(model_, setup), nu_, setup.seed);
  }

 private:
  Schedule nu_{0.1};
  KernelSettings model_;
};

}  // namespace

PolicyType kernel_ts() {
  return {"kernel_ts",
          "KernelTS",
          "Thompson",
          "kernel",
          "an independent draw for each arm from N(μ, ν²s²), μ and s those of KernelUCB",
          "Chowdhury, Gopalan 2017; as in Zhang, Zhou, Li, Gu 2021",
          make_spec<PolicySpec, KernelTsSpec>};
}

}  // namespace cbsim::policies
