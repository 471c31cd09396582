#include "cbsim/policy/rules.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "cbsim/experiment/registry.hpp"

namespace cbsim {
namespace {

/// Predicts a fixed mean and width for every arm.
class FixedModel final : public RewardModel {
 public:
  FixedModel(Vector mean, Vector width) : mean_(std::move(mean)), width_(std::move(width)) {}
  void predict(const Contexts& /*contexts*/, Vector& mean) override { mean = mean_; }
  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    predict(contexts, mean);
    width = width_;
  }
  void update(const Outcome& /*outcome*/) override {}
  ConfidenceState confidence_state() const override { return {}; }
  Diagnostics diagnostics() const override { return {}; }

 private:
  Vector mean_, width_;
};

Contexts three_arms() {
  Contexts contexts;
  contexts.resize({.arms = 3, .dim = 1, .blocks = 1});
  contexts.values().setZero();
  return contexts;
}

std::unique_ptr<RewardModel> model() {
  return std::make_unique<FixedModel>((Vector(3) << 1.0, 0.5, 0.9).finished(),
                                      (Vector(3) << 0.1, 0.2, 0.5).finished());
}

/// How often each arm is played in `rounds` rounds.
std::vector<int> plays(Policy& policy, int rounds) {
  const Contexts contexts = three_arms();
  std::vector<int> counts(3, 0);
  for (int t = 1; t <= rounds; ++t) ++counts[static_cast<std::size_t>(policy.choose(t, contexts))];
  return counts;
}

/// Within 5 standard deviations of a binomial count: beyond with probability 6e-7.
void expect_share(int count, int rounds, double share) {
  EXPECT_NEAR(count, rounds * share, 5 * std::sqrt(rounds * share * (1 - share)));
}

TEST(EpsilonGreedy, ExploresWithProbabilityEpsilonAndElsePlaysTheBestMean) {
  const auto policy = make_epsilon_greedy(model(), 0.3, 4);
  const std::vector<int> counts = plays(*policy, 20000);
  expect_share(counts[0], 20000, 0.7 + 0.1);
  expect_share(counts[1], 20000, 0.1);
  expect_share(counts[2], 20000, 0.1);
}

TEST(EpsilonGreedy, IsGreedyAtZeroAndUniformAtOne) {
  EXPECT_EQ(plays(*make_epsilon_greedy(model(), 0.0, 4), 500), (std::vector<int>{500, 0, 0}));
  const std::vector<int> counts = plays(*make_epsilon_greedy(model(), 1.0, 4), 9000);
  for (const int count : counts) expect_share(count, 9000, 1.0 / 3);
}

TEST(Ucb, AddsTheFactorTimesTheWidthToTheMean) {
  const auto policy = make_ucb(model(), ExplorationFactor(1.0));
  EXPECT_EQ(policy->choose(1, three_arms()), 2);  // 1.1, 0.7, 1.4
  EXPECT_EQ(policy->scores().score, (Vector(3) << 1.1, 0.7, 1.4).finished());
  EXPECT_EQ(make_ucb(model(), ExplorationFactor(0.0))->choose(1, three_arms()), 0);
}

TEST(Uniform, PlaysEveryArmEquallyOften) {
  const auto policy = find_policy_type("uniform")->make()->create(
      {.shape = {.arms = 3, .dim = 1}, .horizon = 9000, .seed = 9});
  const std::vector<int> counts = plays(*policy, 9000);
  for (const int count : counts) expect_share(count, 9000, 1.0 / 3);
}

}  // namespace
}  // namespace cbsim
