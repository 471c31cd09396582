#include "cbsim/pending_rewards.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/random.hpp"

namespace cbsim {
namespace {

TEST(PendingRewards, KeepTheirOwnCopyOfTheContext) {
  PendingRewards pending;
  Vector x = Eigen::Vector2d(1, 2);
  pending.add({7, 3, ContextView(2, x.data(), 2), 0.5}, 9);
  x.setConstant(-1);
  EXPECT_TRUE(pending.take(8).empty());
  const auto arrived = pending.take(9);
  ASSERT_EQ(arrived.size(), 1u);
  EXPECT_EQ(arrived[0].round, 7);
  EXPECT_EQ(arrived[0].arm, 3);
  EXPECT_EQ(arrived[0].reward, 0.5);
  EXPECT_EQ(arrived[0].x.block, 2);
  EXPECT_EQ(Vector(arrived[0].x.x), Eigen::Vector2d(1, 2));
  EXPECT_TRUE(pending.take(10).empty());
}

// Against a list that is searched and sorted in every round.
TEST(PendingRewards, ArriveWhenTheyAreDueOldestFirst) {
  struct Due {
    Index arrival, round;
  };
  PendingRewards pending;
  std::vector<Due> all;
  Stream stream(1, Purpose::delay);
  std::size_t several = 0;
  for (Index t = 1; t <= 500; ++t) {
    const auto arrival = t + static_cast<Index>(stream.below(stream.below(2) == 0 ? 1 : 40));
    const Vector x = Vector::Constant(3, static_cast<double>(t));
    pending.add({t, t % 4, ContextView(t % 2, x.data(), 3), -static_cast<double>(t)}, arrival);
    all.push_back({arrival, t});

    std::vector<Index> due;
    for (const Due& one : all) {
      if (one.arrival == t) due.push_back(one.round);
    }
    std::ranges::sort(due);
    const auto arrived = pending.take(t);
    ASSERT_EQ(arrived.size(), due.size()) << t;
    if (due.size() > 1) ++several;
    for (std::size_t i = 0; i < due.size(); ++i) {
      EXPECT_EQ(arrived[i].round, due[i]);
      EXPECT_EQ(arrived[i].arm, due[i] % 4);
      EXPECT_EQ(arrived[i].x.block, due[i] % 2);
      EXPECT_EQ(arrived[i].reward, -static_cast<double>(due[i]));
      EXPECT_EQ(Vector(arrived[i].x.x), Vector::Constant(3, static_cast<double>(due[i])));
    }
  }
  EXPECT_GT(several, 50u);
}

// What a checkpoint of another run would restore. Without rewards to come there is nothing amiss.
TEST(PendingRewards, FitTheShapeThatTheyCameFrom) {
  const Vector x = Vector::Zero(3);
  PendingRewards pending;
  EXPECT_TRUE(pending.fits({.arms = 2, .dim = 3, .blocks = 1}));
  pending.add({7, 1, ContextView(4, x.data(), 3), 0.5}, 9);
  EXPECT_TRUE(pending.fits({.arms = 2, .dim = 3, .blocks = 5}));
  EXPECT_FALSE(pending.fits({.arms = 2, .dim = 4, .blocks = 5}));
  EXPECT_FALSE(pending.fits({.arms = 1, .dim = 3, .blocks = 5}));
  EXPECT_FALSE(pending.fits({.arms = 2, .dim = 3, .blocks = 4}));
}

}  // namespace
}  // namespace cbsim
