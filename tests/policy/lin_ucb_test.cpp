#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/simulate.hpp"
#include "support/configure.hpp"
#include "support/direct.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

/// A world of normal contexts with a linear reward on the nominal context.
class LinearWorld final : public Environment {
 public:
  LinearWorld(ContextShape shape, Seed seed) : shape_(shape), seed_(seed) {
    Stream stream(seed, Purpose::hidden_parameter);
    truth_ = testing::random_matrix(stream, shape.dim, shape.blocks);
  }

  void deal(Index t, Round& round) override {
    Stream contexts(seed_, Purpose::contexts, static_cast<std::uint64_t>(t));
    Stream noise(seed_, Purpose::noise, static_cast<std::uint64_t>(t));
    round.contexts = testing::random_contexts(contexts, shape_);
    round.expected.resize(shape_.arms);
    for (Index a = 0; a < shape_.arms; ++a) {
      round.expected(a) = truth_.col(round.contexts[a].block).dot(round.contexts[a].x);
    }
    round.rewards = round.expected + testing::random_vector(noise, shape_.arms);
  }

 private:
  ContextShape shape_;
  Seed seed_;
  Matrix truth_;
};

/// LinUCB as in a textbook, on the nominal d K contexts with an explicit inverse each round.
/// `setting`: the arms of dense contexts have a vector each by the policy's setting.
void expect_textbook_lin_ucb(const ContextShape& shape, bool setting = false) {
  LinearWorld world(shape, 5);
  const auto spec = find_policy_type("lin_ucb")->make();
  test::set(*spec, "disjoint", setting);
  const auto policy = spec->create({.shape = shape, .horizon = 200, .seed = 5});
  const Index n = shape.dim * (setting ? shape.arms : shape.blocks);
  Matrix a = Matrix::Identity(n, n);
  Vector b = Vector::Zero(n);
  Round round;
  Index t = 0;
  double log_det = 0.0;
  simulate(world, *policy, 200, [&](const RoundRecord& record) {
    world.deal(++t, round);
    const Matrix inverse = direct::inverse(a);
    const Vector theta = inverse * b;
    Matrix x = Matrix::Zero(n, shape.arms);
    for (Index arm = 0; arm < shape.arms; ++arm) {
      const ContextView context = round.contexts[arm];
      const Index block = setting ? arm : context.block;
      x.col(arm).segment(block * shape.dim, shape.dim) = context.x;
      const double mean = theta.dot(x.col(arm));
      const double bonus = 1.0 * std::sqrt(x.col(arm).dot(inverse * x.col(arm)));
      EXPECT_NEAR(record.scores.mean(arm), mean, 1e-10);
      EXPECT_NEAR(record.scores.bonus(arm), bonus, 1e-10);
      EXPECT_NEAR(record.scores.score(arm), mean + bonus, 1e-10);
      EXPECT_LE(record.scores.score(arm), record.scores.score(record.arm));
    }
    a += x.col(record.arm) * x.col(record.arm).transpose();
    b += round.rewards(record.arm) * x.col(record.arm);
    log_det = direct::log_det(a);
    EXPECT_NEAR(*record.diagnostics.log_det, log_det, 1e-8);
    const double k = static_cast<double>(shape.arms);
    EXPECT_NEAR(*record.diagnostics.effective_dim,
                log_det / std::log(1 + static_cast<double>(t) * k), 1e-8);
    return true;
  });
  EXPECT_EQ(t, 200);
}

TEST(LinUcb, EqualsATextbookLinUcbOver200Rounds) { expect_textbook_lin_ucb({4, 6, 1}); }
TEST(LinUcb, EqualsATextbookLinUcbOnDisjointContexts) { expect_textbook_lin_ucb({4, 5, 4}); }
TEST(LinUcb, EqualsATextbookLinUcbWithDisjointArms) { expect_textbook_lin_ucb({4, 5, 1}, true); }

/// The mean over `seeds` of the cumulative regret of LinUCB at rounds 100 and 10000, on the world
/// `linear` with 100 arms in the plane: nearly every direction is there in every round, so that
/// nothing is learnt but by paying for it (with few arms the contexts themselves explore, and the
/// regret grows like log T).
std::array<double, 2> regret_over_two_decades(Seed seeds) {
  const auto world = find_environment_type("linear")->make();
  test::set(*world, "dim", 2);
  test::set(*world, "arms", 100);
  const auto spec = find_policy_type("lin_ucb")->make();
  std::array<double, 2> regret{};
  for (Seed seed = 0; seed < seeds; ++seed) {
    const auto policy =
        spec->create({.shape = world->facts().shape, .horizon = 10'000, .seed = seed});
    simulate(*world->create(seed), *policy, 10'000, [&](const RoundRecord& record) {
      if (record.t == 100) regret[0] += record.cum_regret;
      if (record.t == 10'000) regret[1] += record.cum_regret;
      return true;
    });
  }
  return regret;
}

// Abbasi-Yadkori, Pal, Szepesvari 2011, Theorem 3: O(d sqrt(T)) up to logarithms.
TEST(LinUcb, HasARegretThatGrowsLikeTheRootOfTheHorizon) {
  const auto [early, late] = regret_over_two_decades(6);
  const double slope = std::log10(late / early) / 2.0;
  EXPECT_GT(slope, 0.35);
  EXPECT_LT(slope, 0.65);
}

}  // namespace
}  // namespace cbsim
