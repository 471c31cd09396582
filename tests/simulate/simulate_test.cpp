#include "cbsim/simulate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

/// Rounds written by hand: two arms, rewards and, where known, expected rewards.
class Scripted final : public Environment {
 public:
  Scripted(Matrix rewards, Matrix expected)
      : rewards_(std::move(rewards)), expected_(std::move(expected)) {}

  void deal(Index t, Round& round) override {
    round.contexts.resize({.arms = rewards_.rows(), .dim = 1, .blocks = 1});
    round.contexts.values().setConstant(static_cast<double>(t));
    round.rewards = rewards_.col(t - 1);
    if (expected_.size() > 0) round.expected = expected_.col(t - 1);
  }

 private:
  Matrix rewards_, expected_;  ///< arms x rounds
};

/// Plays arms written by hand and notes what it is told.
class Player : public Policy {
 public:
  explicit Player(std::vector<Index> arms) : arms_(std::move(arms)) {}

  Index choose(Index t, const Contexts& contexts) override {
    contexts_seen.push_back(contexts[0].x(0));
    return arms_[static_cast<std::size_t>(t - 1)];
  }
  void update(const Outcome& outcome) override {
    for (const Observation& seen : outcome.arrived) {
      rewards_seen.push_back(seen.reward);
      EXPECT_EQ(seen.round, outcome.round);
      EXPECT_EQ(seen.arm, outcome.arm);
    }
  }
  void reveal(const Vector& /*expected*/) override { ++reveals; }

  std::vector<double> contexts_seen, rewards_seen;
  int reveals = 0;

 private:
  std::vector<Index> arms_;
};

std::vector<RoundRecord> records_of(Environment& environment, Policy& policy, Index horizon) {
  std::vector<RoundRecord> records;
  simulate(environment, policy, horizon, [&](const RoundRecord& record) {
    records.push_back(record);
    return true;
  });
  return records;
}

TEST(Simulate, SumsPseudoRegretAndRewards) {
  const Matrix rewards = (Matrix(2, 3) << 5, 1, -2, 0, 7, 4).finished();
  const Matrix expected = (Matrix(2, 3) << 1.0, 0.5, 2.0, 3.0, 0.5, -1.0).finished();
  Scripted environment(rewards, expected);
  Player player({0, 1, 1});
  const auto records = records_of(environment, player, 3);
  ASSERT_EQ(records.size(), 3u);
  // Gaps: 3 - 1, 0 (a tie is optimal), 2 - (-1); rewards 5, 7, 4.
  EXPECT_EQ(*records[0].regret, 2.0);
  EXPECT_EQ(*records[0].best_arm, 1);
  EXPECT_EQ(*records[1].regret, 0.0);
  EXPECT_EQ(*records[1].best_arm, 0);  // the lowest index of a tie
  EXPECT_EQ(records[2].cum_regret, 5.0);
  EXPECT_EQ(records[2].cum_reward, 16.0);
  EXPECT_EQ(records[2].optimal_rounds, 1);
  EXPECT_EQ(*records[2].expected_reward, -1.0);
}

TEST(Simulate, TellsThePolicyOnlyItsContextsAndItsOwnRewards) {
  const Matrix rewards = (Matrix(2, 3) << 5, 1, -2, 0, 7, 4).finished();
  Scripted environment(rewards, rewards);
  Player player({0, 1, 1});
  records_of(environment, player, 3);
  EXPECT_THAT(player.contexts_seen, ::testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(player.rewards_seen, ::testing::ElementsAre(5, 7, 4));
  EXPECT_EQ(player.reveals, 0);  // expected rewards are for the oracle alone
}

TEST(Simulate, LeavesRegretOutWhereExpectedRewardsAreUnknown) {
  Scripted environment(Matrix::Ones(2, 2), Matrix());
  Player player({0, 1});
  const auto records = records_of(environment, player, 2);
  EXPECT_FALSE(records[1].regret.has_value());
  EXPECT_FALSE(records[1].best_arm.has_value());
  EXPECT_FALSE(records[1].expected_reward.has_value());
  EXPECT_EQ(records[1].cum_reward, 2.0);
}

TEST(Simulate, StopsWhereTheSinkSaysSo) {
  Scripted environment(Matrix::Ones(1, 5), Matrix());
  Player player({0, 0, 0, 0, 0});
  int rounds = 0;
  simulate(environment, player, 5, [&](const RoundRecord&) { return ++rounds < 2; });
  EXPECT_EQ(rounds, 2);
}

class Failing final : public Player {
 public:
  using Player::Player;
  void update(const Outcome& outcome) override {
    if (outcome.round == 2) throw RunError("the refit diverged");
  }
};

TEST(Simulate, NamesTheRoundThatFailed) {
  Scripted environment(Matrix::Ones(1, 5), Matrix());
  Failing player({0, 0, 0});
  try {
    records_of(environment, player, 3);
    FAIL();
  } catch (const RunError& error) {
    EXPECT_STREQ(error.what(), "round 2: the refit diverged");
  }
}

TEST(Simulate, RefusesAnArmThatIsNotThere) {
  Scripted environment(Matrix::Ones(2, 1), Matrix());
  Player beyond({2}), negative({-1});
  EXPECT_THROW(records_of(environment, beyond, 1), std::logic_error);
  EXPECT_THROW(records_of(environment, negative, 1), std::logic_error);
}

}  // namespace
}  // namespace cbsim
