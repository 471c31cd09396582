#include "cbsim/model/dropout_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class DropoutTsSpec final : public PolicySpec {
 public:
  /// Adam, because the curvature changes with the units of each step.
  DropoutTsSpec() {
    model_.training.optimizer = Optimizer::adam;
    model_.training.rate_kind = TrainingSettings::Rate::number;
    model_.training.learning_rate = 0.01;
  }

  Settings settings() override {
    return joined(
        {
            real(
                "keep", &keep_, {.low = 0, .high = 1, .low_open = true},
                {"probability with which a hidden unit is kept, in training and in a choice", "p"}),
            initial_pulls_setting(initial_pulls_),
        },
        model_.settings(false));
  }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    std::vector<Violation> violations = model_.check(facts, false);
    const Optimizer optimizer = model_.training.optimizer;
    if (keep_ < 1.0 && (optimizer == Optimizer::gd || optimizer == Optimizer::lbfgs)) {
      violations.push_back({"training.optimizer",
                            "dropout draws the units anew in each step, so that the loss need not "
                            "fall: use \"adam\", or \"sgd\" with \"learning_rate\": \"auto\""});
    }
    return violations;
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return neural_cost(model_, facts, horizon, false);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return make_initial_pulls(
        make_thompson(make_dropout_model(model_, keep_, setup), Schedule(1.0), setup.seed),
        initial_pulls_);
  }

 private:
  std::int64_t initial_pulls_ = 2;
  double keep_ = 0.8;
  NeuralSettings model_;
};

}  // namespace

PolicyType dropout_ts() {
  return {"dropout_ts",
          "Dropout",
          "Thompson",
          "dropout",
          "the best arm of one pass through a network of which each hidden unit is kept with "
          "probability p",
          "Gal, Ghahramani 2016; Riquelme, Tucker, Snoek 2018, section 4",
          make_spec<PolicySpec, DropoutTsSpec>};
}

}  // namespace cbsim::policies
