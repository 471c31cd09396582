// Pseudo-regret and rewards in worlds that change, by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/simulate.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace {

/// Two arms with expected rewards (1, 0) at first and (0, 2) with the next hidden parameter; the
/// noise is 1/2.
class SeesawSpec final : public EnvironmentSpec {
 public:
  Settings settings() override { return {}; }
  EnvironmentFacts facts() const override {
    return {.shape = {.arms = 2, .dim = 1, .blocks = 1}, .hidden_parameter = true};
  }
  std::unique_ptr<Environment> create(Seed seed) const override {
    return create_with_draw(seed, 0);
  }
  std::unique_ptr<Environment> create_with_draw(Seed, std::uint64_t draw) const override {
    struct Seesaw final : Environment {
      explicit Seesaw(bool tipped_) : tipped(tipped_) {}
      void deal(Index t, Round& round) override {
        round.contexts.resize({.arms = 2, .dim = 1, .blocks = 1});
        round.contexts.values().setOnes();
        round.expected.setZero(2);
        round.expected(tipped ? 1 : 0) = tipped ? 2.0 : 1.0;
        draw_rewards(t, round);
      }
      void draw_rewards(Index, Round& round) override {
        round.rewards = round.expected.array() + 0.5;
      }
      bool tipped;
    };
    return std::make_unique<Seesaw>(draw == 1);
  }
};

class FirstArm final : public Policy {
 public:
  Index choose(Index, const Contexts&) override { return 0; }
  void update(const Outcome& outcome) override {
    for (const Observation& seen : outcome.arrived) rewards.push_back(seen.reward);
  }
  std::vector<double> rewards;
};

TEST(WrappedWorlds, HaveThePseudoRegretOfTheMovingExpectedReward) {
  std::shared_ptr<WrapperSpec> drift = find_wrapper_type("drift")->make();
  test::set_reals(*drift, "at", {2});
  test::set(*drift, "over", 4);
  std::shared_ptr<WrapperSpec> delay = find_wrapper_type("delay")->make();
  test::set(*delay, "rounds", 2);
  const auto world = std::make_shared<const SeesawSpec>();
  for (const auto& spec :
       {wrap(world, drift), wrap(wrap(world, drift), delay), wrap(wrap(world, delay), drift)}) {
    FirstArm policy;
    std::vector<double> expected, regret, cum_regret, cum_reward;
    std::vector<Index> best;
    simulate(*spec->create(1), policy, 6, [&](const RoundRecord& record) {
      expected.push_back(*record.expected_reward);
      regret.push_back(*record.regret);
      best.push_back(*record.best_arm);
      cum_regret.push_back(record.cum_regret);
      cum_reward.push_back(record.cum_reward);
      return true;
    });
    // w = 0, 0, 1/4, 1/2, 3/4, 1; expected rewards (1 - w, 2 w).
    EXPECT_THAT(expected, ::testing::ElementsAre(1, 1, 0.75, 0.5, 0.25, 0));
    EXPECT_THAT(best, ::testing::ElementsAre(0, 0, 0, 1, 1, 1));
    EXPECT_THAT(regret, ::testing::ElementsAre(0, 0, 0, 0.5, 1.25, 2));
    EXPECT_THAT(cum_regret, ::testing::ElementsAre(0, 0, 0, 0.5, 1.75, 3.75));
    EXPECT_THAT(cum_reward, ::testing::ElementsAre(1.5, 3, 4.25, 5.25, 6, 6.5));
    const bool late = spec->create(1)->arrival(1) > 1;
    EXPECT_EQ(policy.rewards, late ? (std::vector{1.5, 1.5, 1.25, 1.0})
                                   : (std::vector{1.5, 1.5, 1.25, 1.0, 0.75, 0.5}));
  }
}

}  // namespace
}  // namespace cbsim
