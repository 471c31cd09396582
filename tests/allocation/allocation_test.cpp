// The loop of a refit and the bandit loop allocate nothing.

#include <gtest/gtest.h>

#include "allocation/heap.hpp"
#include "cbsim/simulate.hpp"
#include "cbsim/training/refit.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

struct Case {
  Optimizer optimizer;
  Precision precision;
  Index dim, blocks, depth, batch;
  int threads;
};

class Allocations : public ::testing::TestWithParam<Case> {};

long allocations_of(Refit& refit, const History& history, Index steps, const Vector& start) {
  Vector theta = start;
  const long before = heap.allocations;
  refit.fit(history, steps, start, theta);
  return heap.allocations - before;
}

TEST(Allocation, IsCounted) {
  const long before = heap.allocations;
  const Vector v = Vector::Zero(1000);
  EXPECT_GT(heap.allocations, before);
  EXPECT_EQ(v.size(), 1000);
}

TEST_P(Allocations, AreNoMoreForMoreSteps) {
  const Case& c = GetParam();
  const Network network({.dim = c.dim, .blocks = c.blocks, .width = 10, .depth = c.depth});
  Stream stream(1, Purpose::contexts);
  const Vector initial = testing::random_vector(stream, network.parameters()) / 4.0;
  const History history = testing::random_history(stream, c.dim, c.blocks, 1300);
  const auto refit =
      make_refit(network, initial,
                 {.objective = {.penalty = 1.0, .descent_from_initial = true, .threads = c.threads},
                  .optimizer = c.optimizer,
                  .precision = c.precision,
                  .batch = c.batch});
  allocations_of(*refit, history, 60, initial);  // buffers take their sizes
  const long few = allocations_of(*refit, history, 5, initial);
  const long many = allocations_of(*refit, history, 50, initial);
  EXPECT_EQ(few, many);
}

/// Arms in turn, in a world that is as cheap.
class InTurn final : public Policy {
 public:
  Index choose(Index dealt, const Contexts& contexts) override { return dealt % contexts.arms(); }
  void update(const Outcome& outcome) override {
    for (const Observation& seen : outcome.arrived) sum_ += seen.reward + seen.x.x(0);
  }

 private:
  double sum_ = 0.0;
};

class Late final : public Environment {
 public:
  explicit Late(Index delay) : delay_(delay) {}
  void deal(Index t, Round& round) override {
    round.contexts.resize({.arms = 3, .dim = 40, .blocks = 1});
    round.contexts.values().setConstant(static_cast<double>(t));
    round.rewards.setZero(3);
    round.expected.setZero(3);
  }
  Index arrival(Index t) const override { return t + delay_ * (t % 3); }
  bool accepts(Index dealt, Index) const override { return dealt % 7 != 0; }

 private:
  Index delay_;
};

TEST(Allocations, OfTheBanditLoopAreNoMoreForMoreRounds) {
  for (const Index delay : {0, 5}) {
    const auto allocations_of_rounds = [&](Index rounds) {
      Late environment(delay);
      InTurn policy;
      const long before = heap.allocations;
      simulate(environment, policy, rounds, [](const RoundRecord&) { return true; });
      return heap.allocations - before;
    };
    EXPECT_EQ(allocations_of_rounds(50), allocations_of_rounds(5000)) << delay;
  }
}

constexpr Precision kDouble = Precision::double_precision;
constexpr Precision kSingle = Precision::single_precision;

INSTANTIATE_TEST_SUITE_P(Refits, Allocations,
                         ::testing::Values(Case{Optimizer::gd, kDouble, 20, 1, 2, 0, 1},   // primal
                                           Case{Optimizer::gd, kSingle, 300, 4, 3, 0, 1},  // dual
                                           Case{Optimizer::gd, kDouble, 300, 4, 3, 0,
                                                2},  // on threads
                                           Case{Optimizer::sgd, kDouble, 20, 1, 2, 50, 1},
                                           Case{Optimizer::adam, kSingle, 20, 1, 4, 0, 1}));

}  // namespace
}  // namespace cbsim
