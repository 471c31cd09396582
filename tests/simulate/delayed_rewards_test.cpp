// Linear policies under delay, against their formulas on the rewards that have arrived.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/simulate.hpp"
#include "support/configure.hpp"
#include "support/direct.hpp"

namespace cbsim {
namespace {

constexpr Index kRounds = 150;

std::shared_ptr<const EnvironmentSpec> late_world(std::string_view law, double value) {
  std::shared_ptr<EnvironmentSpec> world = find_environment_type("linear")->make();
  test::set(*world, "dim", 4);
  std::shared_ptr<WrapperSpec> delay = find_wrapper_type("delay")->make();
  if (law == "fixed") {
    test::set(*delay, "rounds", static_cast<int>(value));
  } else {
    test::set_form(*delay, "rounds", law, law == "geometric" ? "mean" : "size", value);
  }
  return wrap(world, delay);
}

/// LinUCB as in a textbook, with A and b from the rewards that had arrived.
void expect_textbook_lin_ucb(const EnvironmentSpec& spec) {
  const auto world = spec.create(3), again = spec.create(3);
  const auto policy = find_policy_type("lin_ucb")->make()->create(
      {.shape = spec.facts().shape, .horizon = kRounds, .seed = 3});
  std::vector<Vector> xs;
  std::vector<double> rewards;
  Round round;
  Index waiting = 0;
  simulate(*world, *policy, kRounds, [&](const RoundRecord& record) {
    Matrix a = Matrix::Identity(4, 4);
    Vector b = Vector::Zero(4);
    waiting = 0;
    for (Index s = 1; s < record.t; ++s) {
      const auto i = static_cast<std::size_t>(s - 1);
      if (again->arrival(s) >= record.t) {
        ++waiting;
        continue;
      }
      a += xs[i] * xs[i].transpose();
      b += rewards[i] * xs[i];
    }
    again->deal(record.t, round);
    const Matrix inverse = direct::inverse(a);
    for (Index arm = 0; arm < 4; ++arm) {
      const Vector x = round.contexts[arm].x;
      EXPECT_NEAR(record.scores.mean(arm), x.dot(inverse * b), 1e-10);
      EXPECT_NEAR(record.scores.bonus(arm), std::sqrt(x.dot(inverse * x)), 1e-10);
    }
    xs.emplace_back(round.contexts[record.arm].x);
    rewards.push_back(round.rewards(record.arm));
    EXPECT_TRUE(std::isfinite(*record.diagnostics.effective_dim));
    return true;
  });
  EXPECT_EQ(xs.size(), static_cast<std::size_t>(kRounds));
  EXPECT_GT(waiting, 0);
}

TEST(DelayedRewards, EnterLinUcbWhenTheyArrive) {
  for (const auto& [law, value] : {std::pair{"fixed", 7.0}, {"geometric", 20.0}, {"batch", 40.0}}) {
    SCOPED_TRACE(law);
    expect_textbook_lin_ucb(*late_world(law, value));
  }
}

TEST(DelayedRewards, ThatNeverArriveLeaveAPolicyAsItWas) {
  const auto spec = late_world("fixed", kRounds);
  const auto world = spec->create(3);
  const auto policy = find_policy_type("lin_ucb")->make()->create(
      {.shape = spec->facts().shape, .horizon = kRounds, .seed = 3});
  simulate(*world, *policy, kRounds, [&](const RoundRecord& record) {
    EXPECT_EQ(record.scores.mean, Vector::Zero(4));
    EXPECT_EQ(record.diagnostics.effective_dim, 0.0);
    EXPECT_NE(record.reward, 0.0);  // the round counts all the same
    return true;
  });
}

}  // namespace
}  // namespace cbsim
