#include "cbsim/model/bootstrap_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class BootstrappedNnSpec final : public PolicySpec {
 public:
  Settings settings() override {
    return joined(
        {
            integer("networks", &bootstrap_.networks, between(1, 1000),
                    {"networks in the ensemble", "q"}),
            real("inclusion", &bootstrap_.inclusion, {.low = 0, .high = 1, .low_open = true},
                 {"probability with which a network sees an observation", "p"}),
            initial_pulls_setting(initial_pulls_),
        },
        model_.settings(false));
  }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts, false);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return bootstrap_cost(model_, bootstrap_, facts, horizon);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_initial_pulls(
        make_thompson(make_bootstrap_model(model_, bootstrap_, setup), Schedule(1.0), setup.seed),
        initial_pulls_);
  }

 private:
  std::int64_t initial_pulls_ = 2;
  BootstrapSettings bootstrap_;
  NeuralSettings model_;
};

}  // namespace

PolicyType bootstrapped_nn() {
  return {"bootstrapped_nn",
          "BootstrappedNN",
          "Thompson",
          "bootstrap",
          "the best arm of one of q networks, each of which sees an observation with probability p",
          "Osband, Blundell, Pritzel, Van Roy 2016; Riquelme, Tucker, Snoek 2018, section 4",
          make_spec<PolicySpec, BootstrappedNnSpec>};
}

}  // namespace cbsim::policies
