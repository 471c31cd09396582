#include "cbsim/core/argmax.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim::policies {
namespace {

/// Plays the arm with the largest expected reward: zero pseudo-regret, the yardstick.
class Oracle final : public Policy {
 public:
  bool clairvoyant() const override { return true; }
  void reveal(const Vector& expected) override { scores_.mean = scores_.score = expected; }
  Index choose(Index /*t*/, const Contexts& /*contexts*/) override { return argmax(scores_.score); }
  void update(const Outcome& /*outcome*/) override {}
  const Scores& scores() const override { return scores_; }

 private:
  Scores scores_;
};

class OracleSpec final : public PolicySpec {
 public:
  Settings settings() override { return {}; }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    if (facts.expected_known) return {};
    return {{"type",
             "oracle needs expected rewards, which this environment does not know; give its data "
             "an expected_reward column or drop the policy"}};
  }

  std::unique_ptr<Policy> create(const PolicySetup& /*setup*/) const override {
    return std::make_unique<Oracle>();
  }
};

}  // namespace

PolicyType oracle() {
  return {"oracle",
          "Oracle",
          "greedy",
          "truth",
          "plays the arm with the largest expected reward",
          "",
          make_spec<PolicySpec, OracleSpec>};
}

}  // namespace cbsim::policies
