#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cbsim/core/rng.hpp"
#include "cbsim/environment/wrapper.hpp"
#include "support/configure.hpp"
#include "support/direct.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace environments {
EnvironmentType linear();
}
namespace wrappers {
WrapperType delay();
WrapperType drift();
}  // namespace wrappers

namespace {

using World = std::shared_ptr<const EnvironmentSpec>;

std::shared_ptr<WrapperSpec> drift(const std::vector<double>& at, int over = 1) {
  std::shared_ptr<WrapperSpec> wrapper = wrappers::drift().make();
  test::set_reals(*wrapper, "at", at);
  test::set(*wrapper, "over", over);
  return wrapper;
}

World linear(double noise = 0.5) {
  auto spec = environments::linear().make();
  test::set(*spec, "dim", 3);
  test::set(*spec, "noise", noise);
  return spec;
}

Round dealt(Environment& environment, Index t) {
  Round round;
  environment.deal(t, round);
  return round;
}

TEST(Drift, ChangesTheHiddenParameterAfterEachChangePoint) {
  const World world = linear();
  const auto environment = wrap(world, drift({3, 5}))->create(7);
  for (Index t = 1; t <= 9; ++t) {
    const std::uint64_t draw = t <= 3 ? 0 : t <= 5 ? 1 : 2;
    const auto expected = world->create_with_draw(7, draw);
    const Round a = dealt(*environment, t), b = dealt(*expected, t);
    EXPECT_EQ(a.expected, b.expected) << t;
    EXPECT_EQ(a.rewards, b.rewards) << t;
  }
}

TEST(Drift, KeepsTheContextsAndTheNoiseOfTheSeed) {
  const World world = linear();
  const auto plain = world->create(7), drifting = wrap(world, drift({3}, 4))->create(7);
  for (Index t = 1; t <= 9; ++t) {
    const Round a = dealt(*plain, t), b = dealt(*drifting, t);
    EXPECT_EQ(a.contexts.values(), b.contexts.values());
    EXPECT_LT(((a.rewards - a.expected) - (b.rewards - b.expected)).norm(), 1e-14);
    EXPECT_EQ(a.expected != b.expected, t > 3) << t;
  }
}

TEST(Drift, MovesTheExpectedRewardInEqualSteps) {
  const World world = linear();
  const auto environment = wrap(world, drift({2}, 4))->create(7);
  const auto from = world->create_with_draw(7, 0), to = world->create_with_draw(7, 1);
  const std::vector<double> weights = {0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0};
  for (Index t = 1; t <= 7; ++t) {
    const double w = weights[static_cast<std::size_t>(t - 1)];
    const Vector expected = (1 - w) * dealt(*from, t).expected + w * dealt(*to, t).expected;
    EXPECT_LT((dealt(*environment, t).expected - expected).norm(), 1e-14) << t;
  }
}

TEST(Drift, DealsAnyRoundAtAnyTime) {
  const auto forward = wrap(linear(), drift({2, 6}, 3))->create(1);
  const auto backward = wrap(linear(), drift({2, 6}, 3))->create(1);
  std::vector<Vector> rewards;
  for (Index t = 1; t <= 10; ++t) rewards.push_back(dealt(*forward, t).rewards);
  for (Index t = 10; t >= 1; --t) {
    EXPECT_EQ(dealt(*backward, t).rewards, rewards[static_cast<std::size_t>(t - 1)]);
  }
}

/// One arm that pays 1 with a probability that is the hidden parameter, 0.1 at first, then 0.9.
class CoinSpec final : public EnvironmentSpec {
 public:
  Settings settings() override { return {}; }
  EnvironmentFacts facts() const override {
    return {.shape = {.arms = 1, .dim = 1, .blocks = 1}, .hidden_parameter = true};
  }
  std::unique_ptr<Environment> create(Seed seed) const override {
    return create_with_draw(seed, 0);
  }
  std::unique_ptr<Environment> create_with_draw(Seed seed, std::uint64_t draw) const override {
    struct Coin final : Environment {
      Coin(Seed seed_, double probability_) : seed(seed_), probability(probability_) {}
      void deal(Index t, Round& round) override {
        round.contexts.resize({.arms = 1, .dim = 1, .blocks = 1});
        round.contexts.values().setOnes();
        round.expected.setConstant(1, probability);
        draw_rewards(t, round);
      }
      void draw_rewards(Index t, Round& round) override {
        Stream noise(seed, Purpose::noise, static_cast<std::uint64_t>(t));
        round.rewards.setConstant(1, noise.uniform() < round.expected(0) ? 1.0 : 0.0);
      }
      Seed seed;
      double probability;
    };
    return std::make_unique<Coin>(seed, draw == 0 ? 0.1 : 0.9);
  }
};

// Mixed rewards would be 0, 0.25 or 1 with the same expectation; mixed expectations keep the law.
TEST(Drift, KeepsTheLawOfTheRewardsWhileItMoves) {
  const auto world = std::make_shared<const CoinSpec>();
  constexpr Index kSeeds = 20000;
  double sum = 0.0;
  for (Seed seed = 0; seed < kSeeds; ++seed) {
    const Round round = dealt(*wrap(world, drift({1}, 4))->create(seed), 2);
    EXPECT_NEAR(round.expected(0), 0.75 * 0.1 + 0.25 * 0.9, 1e-15);
    ASSERT_TRUE(round.rewards(0) == 0.0 || round.rewards(0) == 1.0);
    sum += round.rewards(0);
  }
  const double n = static_cast<double>(kSeeds), p = 0.3;
  EXPECT_LT(std::abs(sum / n - p), test::kNormalBound * std::sqrt(p * (1 - p) / n));
}

TEST(Drift, DrawsParametersIndependently) {
  // Products of the same context with two independent vectors of mean 0 are uncorrelated.
  const World world = linear();
  std::vector<double> first, second;
  for (Seed seed = 0; seed < 4000; ++seed) {
    first.push_back(dealt(*world->create_with_draw(seed, 0), 1).expected(0));
    second.push_back(dealt(*world->create_with_draw(seed, 1), 1).expected(0));
  }
  EXPECT_LT(std::abs(test::correlation_statistic(first, second)), test::kNormalBound);
}

/// The hidden vector of a linear world, recovered from a round of four arms in three dimensions.
Vector recovered(Environment& environment) {
  const Round round = dealt(environment, 1);
  return direct::least_squares(round.contexts.values().transpose(), round.expected);
}

TEST(Drift, FollowsAFixedParameterSeedInAllRuns) {
  auto spec = environments::linear().make();
  test::set(*spec, "dim", 3);
  test::set(*spec, "parameter_seed", 4);
  const World fixed = std::move(spec), own = linear();
  for (const std::uint64_t draw : {0u, 1u, 2u}) {
    const Vector a = recovered(*fixed->create_with_draw(9, draw));
    EXPECT_LT((a - recovered(*own->create_with_draw(4, draw))).norm(), 1e-12);
    EXPECT_GT((a - recovered(*own->create_with_draw(9, draw))).norm(), 1e-3);
  }
  const auto drifting = wrap(fixed, drift({1}))->create(9);
  const auto moved = fixed->create_with_draw(9, 1);
  EXPECT_EQ(dealt(*drifting, 2).expected, dealt(*moved, 2).expected);
}

TEST(Drift, CommutesWithDelay) {
  std::shared_ptr<WrapperSpec> delay = wrappers::delay().make();
  const World a = wrap(wrap(linear(), delay), drift({2}, 3));
  const World b = wrap(wrap(linear(), drift({2}, 3)), delay);
  const auto first = a->create(3), second = b->create(3);
  for (Index t = 1; t <= 8; ++t) {
    EXPECT_EQ(dealt(*first, t).rewards, dealt(*second, t).rewards);
    EXPECT_EQ(dealt(*first, t).expected, dealt(*second, t).expected);
    EXPECT_EQ(first->arrival(t), t + 10);
    EXPECT_EQ(second->arrival(t), t + 10);
  }
}

TEST(Drift, RefusesWhatItCannotDo) {
  const EnvironmentFacts world = linear()->facts();
  const auto messages = [](const std::vector<Violation>& violations) {
    std::vector<std::string> out;
    for (const auto& [path, message] : violations) out.push_back(path + ": " + message);
    return out;
  };
  EXPECT_TRUE(drift({1, 2, 5})->check(world).empty());
  EXPECT_TRUE(drift({10, 20}, 10)->check(world).empty());
  EXPECT_THAT(messages(drift({10, 19, 2.5}, 10)->check(world)),
              testing::ElementsAre("at.1: 19 is not at least 10 (\"over\") after 10; a change must "
                                   "be over when the next one begins",
                                   "at.2: 2.5 is not an integer"));
  EXPECT_EQ(drift({5, 5})->check(world).size(), 1u);
  EXPECT_THAT(messages(drift({5})->check({})),
              testing::ElementsAre(testing::StartsWith("type: drift draws the hidden parameter")));
  const World drifting = wrap(linear(), drift({5}));
  EXPECT_EQ(drift({9})->check(drifting->facts()).size(), 1u);  // it drifts already
}

TEST(HiddenParameter, HasOneDrawOnlyWhereThereIsNone) {
  struct Plain final : EnvironmentSpec {
    Settings settings() override { return {}; }
    EnvironmentFacts facts() const override { return {}; }
    std::unique_ptr<Environment> create(Seed) const override { return nullptr; }
  };
  EXPECT_EQ(Plain().create_with_draw(1, 0), nullptr);
  EXPECT_THROW(Plain().create_with_draw(1, 1), std::logic_error);
}

}  // namespace
}  // namespace cbsim
