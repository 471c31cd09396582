#include <utility>

#include "cbsim/core/argmax.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/policy/model_policy.hpp"
#include "cbsim/policy/rules.hpp"

namespace cbsim {
namespace {

class InverseGap final : public ModelPolicy {
 public:
  InverseGap(std::unique_ptr<RewardModel> model, const Schedule& gamma, Seed seed)
      : ModelPolicy(std::move(model)), gamma_(gamma), seed_(seed) {}

  Index choose(Index dealt, const Contexts& contexts) override {
    Stream stream(seed_, Purpose::policy, static_cast<std::uint64_t>(dealt));
    model_->predict(contexts, scores_.mean);
    const Index best = argmax_but_for_rounding(scores_.mean);
    const auto arms = static_cast<double>(contexts.arms());
    scores_.score =
        (arms + gamma_.value(round()) * (scores_.mean(best) - scores_.mean.array())).inverse();
    scores_.score(best) = 0.0;
    scores_.score(best) = 1.0 - scores_.score.sum();  // >= 1/K
    return draw(stream.uniform(), best);
  }

 private:
  /// The arm in whose share of [0, 1) `u` falls; the best one's is the last.
  Index draw(double u, Index best) const {
    for (Index a = 0; a < scores_.score.size(); ++a) {
      if (a == best) continue;
      u -= scores_.score(a);
      if (u < 0.0) return a;
    }
    return best;
  }

  Schedule gamma_;
  Seed seed_;
};

}  // namespace

std::unique_ptr<Policy> make_inverse_gap(std::unique_ptr<RewardModel> model, const Schedule& gamma,
                                         Seed seed) {
  return std::make_unique<InverseGap>(std::move(model), gamma, seed);
}

}  // namespace cbsim
