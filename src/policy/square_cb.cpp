#include <utility>

#include "cbsim/model/linear_model.hpp"
#include "cbsim/model/neural_model.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim::policies {
namespace {

class SquareCbSpec final : public PolicySpec {
 public:
  // The theorem's gamma is of the order of sqrt(K T / the regret of the regression).
  SquareCbSpec() { gamma_.kind = Schedule::Kind::decay; }

  Settings settings() override {
    return {gamma_.setting("gamma", at_least(0),
                           {"how much rarer an arm becomes with its gap; c √t by default", "γ",
                            "Foster, Rakhlin 2020, Algorithm 1"}),
            one_of("model", &kind_,
                   {ObjectSlot{linear_.settings(), "type", "linear"},
                    ObjectSlot{neural_.settings(false), "type", "neural"}},
                   {"what predicts the rewards"})};
  }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    if (kind_ == Kind::linear) return {};
    return nested("model", neural_.check(facts, false));
  }

  RunCost cost(const EnvironmentFacts& facts, Index horizon) const override {
    return kind_ == Kind::linear ? linear_cost(linear_, facts.shape)
                                 : neural_cost(neural_, facts, horizon, false);
  }

  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    auto model = kind_ == Kind::linear ? make_linear_model(linear_, setup.shape)
                                       : make_neural_model(neural_, setup, GradientsInZ::none);
    return make_inverse_gap(std::move(model), gamma_, setup.seed);
  }

 private:
  enum class Kind { linear, neural };

  Schedule gamma_{10.0, -0.5};
  Kind kind_ = Kind::linear;
  LinearSettings linear_;
  NeuralSettings neural_;
};

}  // namespace

PolicyType square_cb() {
  return {"square_cb",
          "SquareCB",
          "inverse gap",
          "linear or neural",
          "an arm with probability 1/(K + γ · its gap to the best prediction), the best with the "
          "rest",
          "Foster, Rakhlin 2020, Algorithm 1",
          make_spec<PolicySpec, SquareCbSpec>};
}

}  // namespace cbsim::policies
