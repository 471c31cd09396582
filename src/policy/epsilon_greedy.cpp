#include <utility>

#include "cbsim/core/argmax.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/policy/model_policy.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim {
namespace {

class EpsilonGreedy final : public ModelPolicy {
 public:
  EpsilonGreedy(std::unique_ptr<RewardModel> model, const Schedule& epsilon, Seed seed)
      : ModelPolicy(std::move(model)), epsilon_(epsilon), seed_(seed) {}

  Index choose(Index dealt, const Contexts& contexts) override {
    Stream stream(seed_, Purpose::policy, static_cast<std::uint64_t>(dealt));
    model_->predict(contexts, scores_.mean);
    scores_.score = scores_.mean;
    const Index greedy = argmax_but_for_rounding(scores_.score);
    if (stream.uniform() >= epsilon_.value(round())) return greedy;
    return static_cast<Index>(stream.below(static_cast<std::uint64_t>(contexts.arms())));
  }

 private:
  Schedule epsilon_;
  Seed seed_;
};

}  // namespace

std::unique_ptr<Policy> make_epsilon_greedy(std::unique_ptr<RewardModel> model,
                                            const Schedule& epsilon, Seed seed) {
  return std::make_unique<EpsilonGreedy>(std::move(model), epsilon, seed);
}

Setting epsilon_setting(Schedule& epsilon) {
  return epsilon.setting(
      "epsilon", between(0, 1),
      {"probability of an arm drawn uniformly; a decay counts as 1 above 1", "ε"});
}

}  // namespace cbsim
