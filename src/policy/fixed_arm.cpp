#include <string>

#include "cbsim/policy/policy.hpp"

namespace cbsim::policies {
namespace {

/// Plays one arm for ever.
class FixedArm final : public Policy {
 public:
  explicit FixedArm(Index arm) : arm_(arm) {}

  Index choose(Index /*t*/, const Contexts& /*contexts*/) override { return arm_; }
  void update(const Outcome& /*outcome*/) override {}

 private:
  Index arm_;
};

class FixedArmSpec final : public PolicySpec {
 public:
  Settings settings() override {
    return {integer("arm", &arm_, at_least(0), {"the arm to play, counted from 0"})};
  }

  std::vector<Violation> check(const EnvironmentFacts& facts) const override {
    if (arm_ < facts.shape.arms) return {};
    return {{"arm", std::to_string(arm_) +
                        " is not an arm of this environment, whose arms are 0 to " +
                        std::to_string(facts.shape.arms - 1)}};
  }

  std::unique_ptr<Policy> create(const PolicySetup& /*setup*/) const override {
    return std::make_unique<FixedArm>(arm_);
  }

 private:
  std::int64_t arm_ = 0;
};

}  // namespace

PolicyType fixed_arm() {
  return {"fixed_arm",
          "Fixed arm",
          "fixed",
          "none",
          "plays one arm for ever",
          "",
          make_spec<PolicySpec, FixedArmSpec>};
}

}  // namespace cbsim::policies
