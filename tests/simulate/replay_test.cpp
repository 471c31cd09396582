// A policy meets in the replay of a log what it would have met online (Li, Chu, Langford, Wang
// 2011, Theorem 1): checked on the total reward of LinUCB over its first rounds.

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "cbsim/core/rng.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/registry.hpp"
#include "cbsim/simulate.hpp"
#include "support/configure.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace {

constexpr Index kRounds = 20, kLogged = 500;
constexpr Seed kRuns = 600;

/// Three arms that share a normal context x in R^2: r_a = x^T theta_a + 2 x_1 + noise.
class World final : public Environment {
 public:
  explicit World(Seed seed) : seed_(seed) {}

  static ContextShape shape() { return {.arms = 3, .dim = 2, .blocks = 3}; }
  void deal(Index t, Round& round) override {
    Stream contexts(seed_, Purpose::contexts, static_cast<std::uint64_t>(t));
    Stream noise(seed_, Purpose::noise, static_cast<std::uint64_t>(t));
    const Matrix theta = (Matrix(2, 3) << 1, -1, 0, 1, 1, -2).finished();
    round.contexts.resize(shape());
    fill_normal(contexts, round.contexts.values());
    const Vector x = round.contexts.values().col(0);
    round.expected = theta.transpose() * x + Vector::Constant(3, 2.0 * x(0));
    round.rewards = round.expected;
    for (double& reward : round.rewards) reward += 0.3 * noise.normal();
  }

 private:
  Seed seed_;
};

enum class Logging { uniform, skewed };

/// The probabilities of a logging policy that may favour the best arm where x_1 > 0.
Vector propensities(Logging logging, const Round& round) {
  Vector p = Vector::Constant(3, 1.0 / 3.0);
  if (logging == Logging::uniform || round.contexts.values()(0) < 0.0) return p;
  Index best = 0;
  round.expected.maxCoeff(&best);
  p.setConstant(0.1);
  p(best) = 0.8;
  return p;
}

std::string log_of(Seed seed, Logging logging, bool with_propensities) {
  World world(seed);
  Round round;
  std::string text = with_propensities ? "x1,x2,arm,reward,propensity\n" : "x1,x2,arm,reward\n";
  for (Index t = 1; t <= kLogged; ++t) {
    world.deal(t, round);
    const Vector p = propensities(logging, round);
    Stream stream(seed, Purpose::shuffle, static_cast<std::uint64_t>(t));
    const double u = stream.uniform();
    const Index arm = u < p(0) ? 0 : u < p(0) + p(1) ? 1 : 2;
    text += shortest(round.contexts.values()(0)) + ',' + shortest(round.contexts.values()(1)) +
            ',' + std::to_string(arm) + ',' + shortest(round.rewards(arm));
    text += with_propensities ? ',' + shortest(p(arm)) + '\n' : "\n";
  }
  return text;
}

/// Mean and squared standard error of the total reward.
struct Estimate {
  double mean = 0.0, variance = 0.0;
};

template <class MakeEnvironment>
Estimate total_reward(const MakeEnvironment& make) {
  double sum = 0.0, squares = 0.0;
  for (Seed seed = 0; seed < kRuns; ++seed) {
    const auto policy = find_policy_type("lin_ucb")->make()->create(
        {.shape = World::shape(), .horizon = kRounds, .seed = seed});
    const std::unique_ptr<Environment> environment = make(seed);
    double total = 0.0;
    Index rounds = 0;
    simulate(*environment, *policy, kRounds, [&](const RoundRecord& record) {
      total = record.cum_reward;
      rounds = record.t;
      return true;
    });
    EXPECT_EQ(rounds, kRounds);  // the log is long enough
    sum += total;
    squares += total * total;
  }
  const double n = static_cast<double>(kRuns), mean = sum / n;
  return {mean, (squares / n - mean * mean) / (n - 1.0)};
}

/// Logs are of other seeds than the online runs, so that the estimates are independent.
Estimate replayed(Logging logging, bool with_propensities) {
  return total_reward([&](Seed seed) {
    auto spec = find_environment_type("replay")->make();
    test::set_file(*spec, "path", "log.csv", log_of(seed + kRuns, logging, with_propensities));
    test::set(*spec, "arms", 3);
    spec->load();
    return spec->create(seed);
  });
}

double statistic(const Estimate& a, const Estimate& b) {
  return (a.mean - b.mean) / std::sqrt(a.variance + b.variance);
}

TEST(ReplayOfALog, HasTheRewardsOfAnOnlineRun) {
  const Estimate online = total_reward([](Seed seed) { return std::make_unique<World>(seed); });
  EXPECT_LT(std::abs(statistic(replayed(Logging::uniform, false), online)), test::kNormalBound);
  EXPECT_LT(std::abs(statistic(replayed(Logging::skewed, true), online)), test::kNormalBound);
  // Where the log favours arms and does not say so, the estimate is biased.
  EXPECT_GT(std::abs(statistic(replayed(Logging::skewed, false), online)), test::kNormalBound);
}

}  // namespace
}  // namespace cbsim
