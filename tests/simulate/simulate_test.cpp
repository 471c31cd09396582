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

/// Two arms whose rewards arrive late.
class Late final : public Environment {
 public:
  explicit Late(std::vector<Index> arrivals) : arrivals_(std::move(arrivals)) {}

  void deal(Index t, Round& round) override {
    round.contexts.resize({.arms = 2, .dim = 1, .blocks = 1});
    round.contexts.values() << static_cast<double>(t), static_cast<double>(-t);
    round.rewards.resize(2);
    round.rewards << static_cast<double>(10 * t), static_cast<double>(10 * t + 1);
    round.expected.resize(2);
    round.expected << static_cast<double>(t), 0.0;
  }
  Index arrival(Index t) const override { return arrivals_[static_cast<std::size_t>(t - 1)]; }

 private:
  std::vector<Index> arrivals_;
};

/// Plays arms written by hand and writes down what it learns: "2: 1(0) 2(1);" means that at the end
/// of round 2 the rewards of round 1 (arm 0) and of round 2 (arm 1) had arrived.
class Listener final : public Policy {
 public:
  explicit Listener(std::vector<Index> arms) : arms_(std::move(arms)) {}

  Index choose(Index dealt, const Contexts& /*contexts*/) override {
    chosen.push_back(dealt);
    return arms_[static_cast<std::size_t>(dealt - 1)];
  }
  void update(const Outcome& outcome) override {
    heard += std::to_string(outcome.round) + ":";
    for (const Observation& seen : outcome.arrived) {
      heard += ' ' + std::to_string(seen.round) + '(' + std::to_string(seen.arm) + ')';
      xs.push_back(seen.x.x(0));
      rewards.push_back(seen.reward);
    }
    heard += ';';
  }

  std::vector<Index> chosen;
  std::string heard;
  std::vector<double> xs, rewards;

 private:
  std::vector<Index> arms_;
};

TEST(Simulate, HandsOutARewardWhenItArrivesAndNeverBefore) {
  Late environment({3, 2, 3, 9, 5});
  Listener policy({0, 1, 1, 0, 0});
  const auto records = records_of(environment, policy, 5);
  EXPECT_EQ(policy.heard, "1:;2: 2(1);3: 1(0) 3(1);4:;5: 5(0);");  // that of round 4: never
  // With the contexts and rewards of the rounds in which the arms were played.
  EXPECT_THAT(policy.xs, ::testing::ElementsAre(-2, 1, -3, 5));
  EXPECT_THAT(policy.rewards, ::testing::ElementsAre(21, 10, 31, 50));
}

TEST(Simulate, CountsRewardAndRegretWhereTheArmIsPlayed) {
  Late late({3, 2, 3, 9, 5}), prompt({1, 2, 3, 4, 5});
  Listener policy({0, 1, 1, 0, 0}), same({0, 1, 1, 0, 0});
  const auto records = records_of(late, policy, 5), expected = records_of(prompt, same, 5);
  std::vector<double> rewards, regrets;
  for (std::size_t i = 0; i < 5; ++i) {
    rewards.push_back(records[i].cum_reward);
    regrets.push_back(records[i].cum_regret);
    EXPECT_EQ(records[i].cum_reward, expected[i].cum_reward);
    EXPECT_EQ(records[i].cum_regret, expected[i].cum_regret);
  }
  EXPECT_THAT(rewards, ::testing::ElementsAre(10, 31, 62, 102, 152));
  EXPECT_THAT(regrets, ::testing::ElementsAre(0, 2, 5, 5, 5));
}

/// A log: of the two arms only one is known.
class Logged final : public Environment {
 public:
  explicit Logged(std::vector<Index> arms) : arms_(std::move(arms)) {}

  void deal(Index t, Round& round) override {
    round.contexts.resize({.arms = 2, .dim = 1, .blocks = 1});
    round.contexts.values().setConstant(static_cast<double>(t));
    round.rewards.setConstant(2, static_cast<double>(t));
  }
  Index length() const override { return static_cast<Index>(arms_.size()); }
  bool accepts(Index t, Index arm) const override {
    return arm == arms_.at(static_cast<std::size_t>(t - 1));
  }

 private:
  std::vector<Index> arms_;
};

TEST(Simulate, PassesOverTheRoundsOfALogThatThePolicyPlaysOtherwise) {
  Logged log({0, 1, 1, 0, 1});
  Listener policy({0, 0, 1, 1, 1});
  std::string story;
  const bool complete = simulate(log, policy, 10, [&](const RoundRecord& record) {
    story += std::to_string(record.t) + (record.accepted ? '+' : '-') +
             std::to_string(static_cast<int>(record.cum_reward)) + ' ';
    return true;
  });
  EXPECT_TRUE(complete);  // the log is at its end
  EXPECT_EQ(story, "1+1 1-1 2+4 2-4 3+9 ");
  EXPECT_EQ(policy.heard, "1: 1(0);2: 2(1);3: 3(1);");
  EXPECT_THAT(policy.xs, ::testing::ElementsAre(1, 3, 5));
  EXPECT_THAT(policy.chosen, ::testing::ElementsAre(1, 2, 3, 4, 5));  // each with its own draws
}

TEST(Simulate, StopsALogAtTheHorizon) {
  Logged log({0, 1, 1, 0, 1});
  Listener policy({0, 0, 1, 1, 1});
  EXPECT_EQ(records_of(log, policy, 2).back().t, 2);
  EXPECT_THAT(policy.chosen, ::testing::ElementsAre(1, 2, 3));
}

TEST(Simulate, FailsWhereNotOneRoundOfALogCounts) {
  Logged log({0, 0, 0});
  Listener policy({1, 1, 1});
  try {
    records_of(log, policy, 2);
    FAIL();
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), ::testing::StartsWith("none of the 3 logged rounds was accepted"));
  }
}

TEST(Simulate, SaysWhetherTheRunHasComeToItsEnd) {
  Scripted environment(Matrix::Ones(1, 5), Matrix());
  Player player({0, 0, 0, 0, 0});
  const auto until = [&](Index last, Index horizon) {
    return simulate(environment, player, horizon,
                    [&](const RoundRecord& record) { return record.t < last; });
  };
  EXPECT_TRUE(until(9, 5));
  EXPECT_FALSE(until(4, 5));
  EXPECT_TRUE(until(5, 5));  // nothing is left to do
}

TEST(Simulate, RefusesAnArmThatIsNotThere) {
  Scripted environment(Matrix::Ones(2, 1), Matrix());
  Player beyond({2}), negative({-1});
  EXPECT_THROW(records_of(environment, beyond, 1), std::logic_error);
  EXPECT_THROW(records_of(environment, negative, 1), std::logic_error);
}

}  // namespace
}  // namespace cbsim
