#include "cbsim/model/kernel_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class KernelUcbSpec final : public PolicySpec {
 public:
  Settings settings() override { return joined({gamma_.setting(false)}, model_.settings()); }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return kernel_cost(model_, facts, horizon);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_ucb(make_kernel_model(model_, setup), gamma_);
  }

 private:
  ExplorationFactor gamma_{1.0};
  KernelSettings model_;
};

}  // namespace

PolicyType kernel_ucb() {
  return {"kernel_ucb",
          "KernelUCB",
          "UCB",
          "kernel",
          "kᵀ(Γ + λI)⁻¹r + γ √((k(x, x) − kᵀ(Γ + λI)⁻¹k)/λ), Γ the kernel's Gram matrix",
          "Valko, Korda, Munos, Flaounas, Cristianini 2013",
          make_spec<PolicySpec, KernelUcbSpec>};
}

}  // namespace cbsim::policies
