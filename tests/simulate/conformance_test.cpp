// Every registered policy on worlds of every shape.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/simulate.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

constexpr Index kRounds = 12;

/// Normal contexts, rewards r = |first coordinate| + 0.1 noise for each arm.
class World final : public Environment {
 public:
  explicit World(const ContextShape& shape) : shape_(shape) {}

  void deal(Index t, Round& round) override {
    Stream contexts(7, Purpose::contexts, static_cast<std::uint64_t>(t));
    Stream noise(7, Purpose::noise, static_cast<std::uint64_t>(t));
    round.contexts = testing::random_contexts(contexts, shape_);
    round.expected.resize(shape_.arms);
    for (Index a = 0; a < shape_.arms; ++a) {
      round.expected(a) = std::abs(round.contexts[a].x(0)) + 0.1 * static_cast<double>(a);
    }
    round.rewards = round.expected + 0.1 * testing::random_vector(noise, shape_.arms);
  }

 private:
  ContextShape shape_;
};

/// The same, with NaN for the rewards of the arms that were played in another run: `arms` tells.
class Blinded final : public Environment {
 public:
  Blinded(const ContextShape& shape, std::vector<Index> arms)
      : world_(shape), arms_(std::move(arms)) {}

  void deal(Index t, Round& round) override {
    world_.deal(t, round);
    const Index kept = arms_[static_cast<std::size_t>(t - 1)];
    for (Index a = 0; a < round.rewards.size(); ++a) {
      if (a != kept) round.rewards(a) = std::numeric_limits<double>::quiet_NaN();
    }
  }

 private:
  World world_;
  std::vector<Index> arms_;
};

struct Trace {
  std::vector<Index> arms;
  std::vector<double> scores;
  Vector weights;

  bool operator==(const Trace& other) const {
    return arms == other.arms && scores == other.scores && weights.size() == other.weights.size() &&
           weights == other.weights;
  }
};

Trace run(Environment& environment, const PolicyType& type, const ContextShape& shape, Seed seed) {
  const auto policy = type.make()->create({.shape = shape, .horizon = kRounds, .seed = seed});
  Trace trace;
  simulate(environment, *policy, kRounds, [&](const RoundRecord& record) {
    trace.arms.push_back(record.arm);
    for (const Vector* part : {&record.scores.mean, &record.scores.bonus, &record.scores.score}) {
      EXPECT_TRUE(part->size() == 0 || part->size() == shape.arms);
      EXPECT_TRUE(part->allFinite());
      trace.scores.insert(trace.scores.end(), part->begin(), part->end());
    }
    return true;
  });
  trace.weights = policy->weights(false);
  EXPECT_TRUE(trace.weights.allFinite());
  EXPECT_EQ(policy->weights(true).size(), trace.weights.size());
  return trace;
}

using Parameter = std::tuple<std::size_t, ContextShape>;

class EveryPolicy : public ::testing::TestWithParam<Parameter> {
 protected:
  const PolicyType& type() const { return policy_types()[std::get<0>(GetParam())]; }
  const ContextShape& shape() const { return std::get<1>(GetParam()); }
};

TEST_P(EveryPolicy, PlaysTheSameGameForTheSameSeed) {
  World world(shape());
  const Trace first = run(world, type(), shape(), 1);
  EXPECT_EQ(first.arms.size(), static_cast<std::size_t>(kRounds));
  EXPECT_EQ(first, run(world, type(), shape(), 1));
}

TEST_P(EveryPolicy, DoesNotPeekAtTheRewardsOfOtherArms) {
  World world(shape());
  const Trace open = run(world, type(), shape(), 2);
  Blinded blinded(shape(), open.arms);
  EXPECT_EQ(open, run(blinded, type(), shape(), 2));
}

INSTANTIATE_TEST_SUITE_P(
    Registered, EveryPolicy,
    ::testing::Combine(::testing::Range(std::size_t{0}, policy_types().size()),
                       ::testing::Values(ContextShape{4, 3, 1}, ContextShape{3, 3, 3},
                                         ContextShape{1, 2, 1}, ContextShape{2, 1, 1})),
    [](const ::testing::TestParamInfo<Parameter>& parameter) {
      const ContextShape& shape = std::get<1>(parameter.param);
      return std::string(policy_types()[std::get<0>(parameter.param)].name) + "_on_" +
             std::to_string(shape.arms) + "_arms_" + std::to_string(shape.dim) + "_dim_" +
             std::to_string(shape.blocks) + "_blocks";
    });

}  // namespace
}  // namespace cbsim
