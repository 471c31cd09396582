// What wrecks a bandit program: arms that repeat or are nothing, one arm, one round, rewards of any
// size, λ of any size, networks of any shape. Every policy plays on with finite numbers, or stops
// with advice.

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/registry.hpp"
#include "cbsim/simulate.hpp"
#include "experiment/read_settings.hpp"
#include "simulate/short_run.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using testing::random_vector;

/// A world of three arms at most, by the context and the reward of each.
struct HarshWorld {
  std::string name;
  ContextShape shape{3, 4, 1};
  Index horizon = 40;
  double (*coordinate)(Index t, Index arm, Index i) = nullptr;  ///< null: normal
  double reward_scale = 1.0;
};

const std::vector<HarshWorld>& harsh_worlds() {
  static const std::vector<HarshWorld> all = {
      {"one arm", {1, 4, 1}},
      {"one arm, one coordinate", {1, 1, 1}},
      {"one round", {3, 4, 1}, 1},
      {"zero contexts", {3, 4, 1}, 40, [](Index, Index, Index) { return 0.0; }},
      {"zero contexts of disjoint arms", {3, 4, 3}, 40, [](Index, Index, Index) { return 0.0; }},
      {"one context for ever", {3, 4, 1}, 40, [](Index, Index, Index) { return 0.5; }},
      {"the same contexts every round",
       {3, 4, 1},
       40,
       [](Index, Index arm, Index i) { return std::cos(static_cast<double>(arm + 3 * i)); }},
      {"contexts on one line",
       {3, 4, 1},
       40,
       [](Index t, Index arm, Index) { return static_cast<double>(t % 3 + arm) / 4.0; }},
      {"almost equal contexts",
       {3, 4, 1},
       40,
       [](Index, Index arm, Index i) {
         return 0.5 + (i == 0 ? 1e-9 * static_cast<double>(arm) : 0.0);
       }},
      {"tiny contexts",
       {3, 4, 1},
       40,
       [](Index, Index arm, Index i) { return i == arm ? 1e-150 : 0.0; }},
      {"rewards of 1e12", {3, 4, 1}, 40, nullptr, 1e12},
      {"rewards of 1e-12", {3, 4, 1}, 40, nullptr, 1e-12},
      {"rewards of 0", {3, 4, 1}, 40, nullptr, 0.0},
  };
  return all;
}

class HarshEnvironment final : public Environment {
 public:
  explicit HarshEnvironment(const HarshWorld& world) : world_(world) {}

  void deal(Index t, Round& round) override {
    Stream stream(5, Purpose::contexts, static_cast<std::uint64_t>(t));
    round.contexts = testing::random_contexts(stream, world_.shape);
    if (world_.coordinate) {
      Matrix& values = round.contexts.values();
      for (Index a = 0; a < values.cols(); ++a) {
        for (Index i = 0; i < values.rows(); ++i) values(i, a) = world_.coordinate(t, a, i);
      }
    }
    round.expected = world_.reward_scale * Vector::LinSpaced(world_.shape.arms, -1.0, 1.0);
    round.rewards =
        round.expected + world_.reward_scale * 0.3 * random_vector(stream, world_.shape.arms);
  }

 private:
  const HarshWorld& world_;
};

void expect_finite(const Vector& numbers, const char* what) {
  EXPECT_TRUE(numbers.allFinite()) << what << ": " << numbers.transpose();
}

/// Plays all rounds and holds every number that could reach a file against infinity and NaN.
/// Returns the number of rounds.
Index play(const HarshWorld& world, const PolicySpec& spec) {
  HarshEnvironment environment(world);
  const auto policy = spec.create({.shape = world.shape, .horizon = world.horizon, .seed = 1});
  Index rounds = 0;
  simulate(environment, *policy, world.horizon, [&](const RoundRecord& record) {
    ++rounds;
    EXPECT_TRUE(record.arm >= 0 && record.arm < world.shape.arms);
    EXPECT_TRUE(std::isfinite(record.cum_reward) && std::isfinite(record.cum_regret));
    expect_finite(record.scores.mean, "mean");
    expect_finite(record.scores.bonus, "bonus");
    expect_finite(record.scores.score, "score");
    const Diagnostics& d = record.diagnostics;
    for (const auto& value : {d.drift, d.log_det, d.effective_dim}) {
      EXPECT_TRUE(!value || std::isfinite(*value));
    }
    if (d.fit) {
      for (const double value : {d.fit->loss_start, d.fit->loss_end, d.fit->learning_rate}) {
        EXPECT_TRUE(std::isfinite(value));
      }
    }
    return !::testing::Test::HasFailure();
  });
  expect_finite(policy->weights(false), "weights");
  return rounds;
}

/// What a run says that fails.
std::string failure(const HarshWorld& world, const PolicySpec& spec) {
  try {
    play(world, spec);
  } catch (const RunError& error) {
    return error.what();
  }
  return "(it did not fail)";
}

const HarshWorld& world(std::string_view name) {
  return *std::ranges::find(harsh_worlds(), name, &HarshWorld::name);
}

std::string name_of(const ::testing::TestParamInfo<std::size_t>& parameter) {
  return std::string(policy_types()[parameter.param].name);
}

class EveryPolicyInHarshWorlds : public ::testing::TestWithParam<std::size_t> {
 protected:
  std::unique_ptr<PolicySpec> spec() const {
    auto spec = policy_types()[GetParam()].make();
    read_settings(*spec, test::settings_of_a_short_run(policy_types()[GetParam()].name));
    return spec;
  }

  /// Whether the policy has the setting.
  bool has(std::string_view key) const {
    const auto object = spec();
    return std::ranges::any_of(object->settings(), [&](const Setting& s) { return s.key == key; });
  }
};

TEST_P(EveryPolicyInHarshWorlds, PlaysOnWithFiniteNumbers) {
  for (const HarshWorld& world : harsh_worlds()) {
    SCOPED_TRACE(world.name);
    EXPECT_EQ(play(world, *spec()), world.horizon);
  }
}

TEST_P(EveryPolicyInHarshWorlds, BearsAnyLambda) {
  if (!has("lambda")) GTEST_SKIP() << "has no lambda";
  for (const char* lambda : {"1e-8", "1e-4", "1e4", "1e8"}) {
    const auto policy = spec();
    read_settings(*policy, std::string(R"({"lambda": )") + lambda + "}");
    for (const char* name : {"one context for ever", "the same contexts every round"}) {
      SCOPED_TRACE(std::string(name) + ", lambda " + lambda);
      EXPECT_EQ(play(world(name), *policy), 40);
    }
    // A network that has learned such rewards has gradients that may be too large for a tiny λ.
    EXPECT_THAT(failure(world("rewards of 1e12"), *policy),
                AnyOf("(it did not fail)", HasSubstr("raise lambda")));
  }
}

TEST_P(EveryPolicyInHarshWorlds, IsGreedyWithoutExploration) {
  const char* key = has("gamma") ? "gamma" : has("nu") ? "nu" : nullptr;
  if (!key) GTEST_SKIP() << "has no factor of exploration";
  const auto policy = spec();
  read_settings(*policy, std::string("{\"") + key + "\": 0}");
  EXPECT_EQ(play(world("the same contexts every round"), *policy), 40);
}

INSTANTIATE_TEST_SUITE_P(Registered, EveryPolicyInHarshWorlds,
                         ::testing::Range(std::size_t{0}, policy_types().size()), name_of);

std::unique_ptr<PolicySpec> neural_ucb(const std::string& json,
                                       const std::map<std::string, std::string>& files = {}) {
  auto spec = find_policy_type("neural_ucb")->make();
  read_settings(*spec, json, files);
  return spec;
}

TEST(Guards, NeuralUcbHasAnyWidthAndDepth) {
  const HarshWorld normal{"normal contexts", {3, 4, 1}, 6};
  for (const char* network :
       {R"("width": 2)", R"("width": 1, "init": "he")", R"("width": 3, "init": "uniform")",
        R"("width": 2000)", R"("width": 2, "depth": 8)", R"("width": 64, "depth": 8)",
        R"("width": 300, "depth": 4, "bias": true)"}) {
    for (const char* confidence : {"full", "diagonal", "last_layer"}) {
      SCOPED_TRACE(std::string(network) + ", " + confidence);
      const auto spec =
          neural_ucb(std::string(R"({"network": {)") + network +
                     R"(}, "training": {"steps": 5}, "confidence": ")" + confidence + R"("})");
      EXPECT_EQ(play(normal, *spec), normal.horizon);
    }
  }
}

// One hidden unit that no context of the positive quadrant wakes: f and its gradient are zero for
// ever, so all scores are exactly zero and the lowest arm is played.
TEST(Guards, NeuralUcbOnDeadUnitsHasZeroScores) {
  const auto spec = neural_ucb(
      R"({"network": {"width": 1, "init": {"file": "w.csv"}}, "training": {"steps": 10}})",
      {{"w.csv", "-1\n-1\n-1\n-1\n1\n"}});
  const HarshWorld positive{"positive", {3, 4, 1}, 30, [](Index t, Index arm, Index i) {
                              return 1.0 + static_cast<double>((t + arm + i) % 5);
                            }};
  HarshEnvironment environment(positive);
  const auto policy = spec->create({.shape = positive.shape, .horizon = 30, .seed = 1});
  simulate(environment, *policy, 30, [&](const RoundRecord& record) {
    EXPECT_EQ(record.arm, 0);
    EXPECT_EQ(record.scores.score, Vector::Zero(3));
    EXPECT_EQ(record.diagnostics.log_det, 0.0);
    EXPECT_EQ(record.diagnostics.drift, 0.0);
    return true;
  });
}

TEST(Guards, DivergenceStopsARunWithAdvice) {
  const HarshWorld& same = world("the same contexts every round");
  for (const char* training : {R"("learning_rate": 10)", R"("learning_rate": 1e300)",
                               R"("optimizer": "sgd", "learning_rate": 100)",
                               R"("learning_rate": 1, "precision": "single")"}) {
    EXPECT_THAT(failure(same, *neural_ucb(std::string(R"({"training": {)") + training + "}}")),
                AllOf(HasSubstr("round "), HasSubstr("learning_rate")))
        << training;
  }
}

TEST(Guards, ContextsBeyondThePrecisionOfDoublesStopARunWithAdvice) {
  const HarshWorld large{"contexts of 1e9", {3, 4, 1}, 40, [](Index t, Index arm, Index i) {
                           return 1e9 * std::cos(static_cast<double>(t + 3 * arm + 5 * i));
                         }};
  for (const char* name : {"lin_ucb", "lin_ts", "neural_ucb0", "neural_ucb", "neural_lin_ucb"}) {
    EXPECT_THAT(failure(large, *find_policy_type(name)->make()),
                AnyOf(HasSubstr("normalise"), HasSubstr("scale"), HasSubstr("lambda")))
        << name;
  }
}

}  // namespace
}  // namespace cbsim
