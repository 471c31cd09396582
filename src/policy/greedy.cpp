#include <utility>

#include "cbsim/core/argmax.hpp"
#include "cbsim/policy/model_policy.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim {
namespace {

class Greedy final : public ModelPolicy {
 public:
  explicit Greedy(std::unique_ptr<RewardModel> model) : ModelPolicy(std::move(model)) {}

  Index choose(Index /*t*/, const Contexts& contexts) override {
    model_->predict(contexts, scores_.mean);
    scores_.score = scores_.mean;
    return argmax_but_for_rounding(scores_.score);
  }
};

}  // namespace

std::unique_ptr<Policy> make_greedy(std::unique_ptr<RewardModel> model) {
  return std::make_unique<Greedy>(std::move(model));
}

}  // namespace cbsim
