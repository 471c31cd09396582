#include "cbsim/model/neural_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class NeuralPheSpec final : public PolicySpec {
 public:
  Settings settings() override {
    return joined(
        {
            real("nu", &nu_, at_least(0),
                 {"standard deviation of the noise that each refit adds to every reward", "ν"}),
            initial_pulls_setting(initial_pulls_),
        },
        model_.settings(false));
  }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    return model_.check(facts, false);
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return neural_cost(model_, facts, horizon, false);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_initial_pulls(make_greedy(make_perturbed_neural_model(model_, setup, nu_)),
                              initial_pulls_);
  }

 private:
  std::int64_t initial_pulls_ = 1;
  double nu_ = 0.1;
  NeuralSettings model_;
};

}  // namespace

PolicyType neural_phe() {
  return {"neural_phe",
          "Neural PHE",
          "greedy",
          "neural",
          "greedy on a network that each refit fits to rewards with fresh noise N(0, ν²)",
          "Jia, Zhang, Zhou, Gu, Wang 2022, Algorithm 1",
          make_spec<PolicySpec, NeuralPheSpec>};
}

}  // namespace cbsim::policies
