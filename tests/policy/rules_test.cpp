#include "cbsim/policy/rules.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "cbsim/experiment/registry.hpp"
#include "support/statistics.hpp"

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
  void state(StateArchive& /*archive*/) override {}

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
  for (int t = 1; t <= rounds; ++t) {
    const Index arm = policy.choose(t, contexts);
    policy.update({t, contexts, arm, {}});
    ++counts[static_cast<std::size_t>(arm)];
  }
  return counts;
}

/// Within 5 standard deviations of a binomial count: beyond with probability 6e-7.
void expect_share(int count, int rounds, double share) {
  EXPECT_NEAR(count, rounds * share, 5 * std::sqrt(rounds * share * (1 - share)));
}

TEST(EpsilonGreedy, ExploresWithProbabilityEpsilonAndElsePlaysTheBestMean) {
  const auto policy = make_epsilon_greedy(model(), Schedule(0.3), 4);
  const std::vector<int> counts = plays(*policy, 20000);
  expect_share(counts[0], 20000, 0.7 + 0.1);
  expect_share(counts[1], 20000, 0.1);
  expect_share(counts[2], 20000, 0.1);
}

TEST(EpsilonGreedy, IsGreedyAtZeroAndUniformAtOne) {
  EXPECT_EQ(plays(*make_epsilon_greedy(model(), Schedule(0.0), 4), 500),
            (std::vector<int>{500, 0, 0}));
  const std::vector<int> counts = plays(*make_epsilon_greedy(model(), Schedule(1.0), 4), 9000);
  for (const int count : counts) expect_share(count, 9000, 1.0 / 3);
}

TEST(EpsilonGreedy, FollowsItsScheduleAndTakesWhatIsAboveOneForOne) {
  Schedule epsilon(0.1);
  epsilon.kind = Schedule::Kind::decay;
  epsilon.decay = {.initial = 5, .power = 0};
  const std::vector<int> counts = plays(*make_epsilon_greedy(model(), epsilon, 4), 9000);
  for (const int count : counts) expect_share(count, 9000, 1.0 / 3);
  epsilon.decay = {.initial = 1, .power = 10};  // from round 2 on below 0.001
  EXPECT_GE(plays(*make_epsilon_greedy(model(), epsilon, 4), 300)[0], 299);
}

TEST(Greedy, PlaysTheBestMean) {
  const auto policy = make_greedy(model());
  EXPECT_EQ(plays(*policy, 50), (std::vector<int>{50, 0, 0}));
  EXPECT_EQ(policy->scores().score, (Vector(3) << 1.0, 0.5, 0.9).finished());
}

TEST(Thompson, DrawsEachArmFromItsMeanAndWidth) {
  constexpr int kRounds = 20000;
  const double scale = 2.0;
  const auto policy = make_thompson(model(), Schedule(scale), 6);
  const Vector mean = (Vector(3) << 1.0, 0.5, 0.9).finished();
  const Vector width = (Vector(3) << 0.1, 0.2, 0.5).finished();
  std::vector<std::vector<double>> draws(3);
  for (int t = 1; t <= kRounds; ++t) {
    const Index arm = policy->choose(t, three_arms());
    const Scores& scores = policy->scores();
    Index best = 0;
    EXPECT_EQ(scores.score.maxCoeff(&best), scores.score(arm));
    EXPECT_EQ(scores.mean, mean);
    EXPECT_EQ(scores.bonus, scores.score - mean);
    for (Index a = 0; a < 3; ++a) {
      draws[static_cast<std::size_t>(a)].push_back((scores.score(a) - mean(a)) /
                                                   (scale * width(a)));
    }
  }
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_LT(test::kolmogorov_statistic(draws[a], test::normal_cdf), test::kKolmogorovBound);
    EXPECT_LT(std::abs(test::correlation_statistic(draws[a], draws[(a + 1) % 3])),
              test::kNormalBound);
  }
}

TEST(Thompson, IsGreedyWithoutSpread) {
  EXPECT_EQ(plays(*make_thompson(model(), Schedule(0.0), 6), 50), (std::vector<int>{50, 0, 0}));
}

// Gaps 0, 0.5, 0.1 at gamma = 20: 1/(3 + 10), 1/(3 + 2) and the rest.
TEST(InverseGap, HasThePublishedProbabilities) {
  const auto policy = make_inverse_gap(model(), Schedule(20.0), 8);
  policy->choose(1, three_arms());
  const Vector& p = policy->scores().score;
  EXPECT_NEAR(p(0), 1.0 - 1.0 / 13 - 1.0 / 5, 1e-15);
  EXPECT_NEAR(p(1), 1.0 / 13, 1e-15);
  EXPECT_NEAR(p(2), 1.0 / 5, 1e-15);
  EXPECT_NEAR(p.sum(), 1.0, 1e-15);
}

TEST(InverseGap, PlaysTheArmsAsOftenAsItsProbabilitiesSay) {
  constexpr int kRounds = 40000;
  const auto policy = make_inverse_gap(model(), Schedule(20.0), 8);
  const std::vector<int> counts = plays(*policy, kRounds);
  double statistic = 0.0;
  for (std::size_t a = 0; a < 3; ++a) {
    const double expected = kRounds * policy->scores().score(static_cast<Index>(a));
    statistic += (counts[a] - expected) * (counts[a] - expected) / expected;
  }
  EXPECT_LT(statistic, test::chi_squared_bound(2));
}

TEST(InverseGap, IsUniformAtZeroAndGreedyInTheLimit) {
  const auto uniform = make_inverse_gap(model(), Schedule(0.0), 8);
  uniform->choose(1, three_arms());
  EXPECT_LT((uniform->scores().score.array() - 1.0 / 3).abs().maxCoeff(), 1e-15);
  EXPECT_EQ(plays(*make_inverse_gap(model(), Schedule(1e300), 8), 500),
            (std::vector<int>{500, 0, 0}));
}

TEST(InverseGap, GivesTheRestToTheLowestOfTiedArms) {
  auto tied = std::make_unique<FixedModel>(Vector::Constant(3, 0.4), Vector::Ones(3));
  const auto policy = make_inverse_gap(std::move(tied), Schedule(1e6), 8);
  policy->choose(1, three_arms());
  EXPECT_LT((policy->scores().score.array() - 1.0 / 3).abs().maxCoeff(), 1e-15);
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

TEST(InitialPulls, PlaysEachArmInTurnAndThenAsThePolicySays) {
  const auto policy = make_initial_pulls(make_greedy(model()), 2);
  const Contexts contexts = three_arms();
  std::vector<Index> arms;
  for (Index t = 1; t <= 8; ++t) {
    arms.push_back(policy->choose(t, contexts));
    policy->update({t, contexts, arms.back(), {}});
  }
  EXPECT_EQ(arms, (std::vector<Index>{0, 1, 2, 0, 1, 2, 0, 0}));
  EXPECT_EQ(policy->scores().score, (Vector(3) << 1.0, 0.5, 0.9).finished());
}

// In the replay of a log more rounds are dealt than played.
TEST(Schedules, FollowTheRoundsThatArePlayed) {
  Schedule factor(1.0);
  factor.kind = Schedule::Kind::decay;
  factor.decay = {.initial = 6.0, .power = 0.5};
  ExplorationFactor gamma(1.0);
  gamma.kind = ExplorationFactor::Kind::decay;
  gamma.decay = factor.decay;
  const auto ucb = make_ucb(model(), gamma);
  const auto thompson = make_thompson(model(), factor, 6);
  const auto unit = make_thompson(model(), Schedule(1.0), 6);
  const auto inverse_gap = make_inverse_gap(model(), factor, 8);
  const Contexts contexts = three_arms();
  for (const auto* policy : {&ucb, &thompson, &inverse_gap}) {
    for (Index t = 1; t <= 3; ++t) (*policy)->update({t, contexts, 0, {}});
    (*policy)->choose(500, contexts);  // of round 4
  }
  unit->choose(500, contexts);
  EXPECT_NEAR(ucb->scores().bonus(2), 3.0 * 0.5, 1e-15);
  EXPECT_LE((thompson->scores().bonus - 3.0 * unit->scores().bonus).norm(), 1e-14);
  EXPECT_NEAR(inverse_gap->scores().score(1), 1.0 / (3.0 + 3.0 * 0.5), 1e-15);
}

}  // namespace
}  // namespace cbsim
