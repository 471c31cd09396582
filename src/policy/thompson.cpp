#include <utility>

#include "cbsim/core/argmax.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/policy/model_policy.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim {
namespace {

class Thompson final : public ModelPolicy {
 public:
  Thompson(std::unique_ptr<RewardModel> model, const Schedule& scale, Seed seed)
      : ModelPolicy(std::move(model)), scale_(scale), seed_(seed) {}

  Index choose(Index dealt, const Contexts& contexts) override {
    Stream stream(seed_, Purpose::policy, static_cast<std::uint64_t>(dealt));
    model_->sample(contexts, scale_.value(round()), stream, scores_.mean, scores_.score);
    scores_.bonus = scores_.score - scores_.mean;
    return argmax_but_for_rounding(scores_.score);
  }

 private:
  Schedule scale_;
  Seed seed_;
};

}  // namespace

std::unique_ptr<Policy> make_thompson(std::unique_ptr<RewardModel> model, const Schedule& scale,
                                      Seed seed) {
  return std::make_unique<Thompson>(std::move(model), scale, seed);
}

Setting nu_setting(Schedule& nu) {
  return nu.setting("nu", at_least(0), {"factor of the spread of the draws", "ν"});
}

}  // namespace cbsim
