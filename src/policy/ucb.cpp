#include <utility>

#include "cbsim/core/argmax.hpp"
#include "cbsim/policy/model_policy.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim {
namespace {

class Ucb final : public ModelPolicy {
 public:
  Ucb(std::unique_ptr<RewardModel> model, const ExplorationFactor& gamma)
      : ModelPolicy(std::move(model)), gamma_(gamma) {}

  Index choose(Index /*dealt*/, const Contexts& contexts) override {
    model_->predict_with_width(contexts, scores_.mean, scores_.bonus);
    scores_.bonus *= gamma_.value(round(), model_->confidence_state());
    scores_.score = scores_.mean + scores_.bonus;
    return argmax_but_for_rounding(scores_.score);
  }

 private:
  ExplorationFactor gamma_;
};

}  // namespace

std::unique_ptr<Policy> make_ucb(std::unique_ptr<RewardModel> model,
                                 const ExplorationFactor& gamma) {
  return std::make_unique<Ucb>(std::move(model), gamma);
}

}  // namespace cbsim
