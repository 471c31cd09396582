#include <utility>

#include "cbsim/policy/rules.hpp"

namespace cbsim {
namespace {

class InitialPulls final : public Policy {
 public:
  InitialPulls(std::unique_ptr<Policy> policy, Index pulls)
      : policy_(std::move(policy)), pulls_(pulls) {}

  Index choose(Index t, const Contexts& contexts) override {
    const Index arm = policy_->choose(t, contexts);
    return played_ < pulls_ * contexts.arms() ? played_ % contexts.arms() : arm;
  }

  void update(const Outcome& outcome) override {
    played_ = outcome.round;
    policy_->update(outcome);
  }

  const Scores& scores() const override { return policy_->scores(); }
  Diagnostics diagnostics() const override { return policy_->diagnostics(); }
  Vector weights(bool initial) const override { return policy_->weights(initial); }
  void state(StateArchive& archive) override {
    archive.count(played_);
    policy_->state(archive);
  }

 private:
  std::unique_ptr<Policy> policy_;
  Index pulls_;
  Index played_ = 0;
};

}  // namespace

std::unique_ptr<Policy> make_initial_pulls(std::unique_ptr<Policy> policy, Index pulls) {
  return std::make_unique<InitialPulls>(std::move(policy), pulls);
}

Setting initial_pulls_setting(std::int64_t& pulls) {
  return integer("initial_pulls", &pulls, between(0, 1e6),
                 {"rounds in which each arm is played first, in turn"});
}

}  // namespace cbsim
