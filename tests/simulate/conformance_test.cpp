// Every registered policy in every registered environment, and in every registered wrapper.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/checkpoint.hpp"
#include "cbsim/experiment/registry.hpp"
#include "cbsim/simulate.hpp"
#include "experiment/read_settings.hpp"
#include "experiment/temporary_folder.hpp"
#include "simulate/short_run.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

constexpr Index kRounds = 12;

/// Settings of a world that has none by default, and the content of the files that they name.
struct Sample {
  std::string settings;
  std::map<std::string, std::string> files{};
};

std::string table() {
  std::string text = "t,arm,x1,x2,reward\n";
  for (int t = 1; t <= kRounds; ++t) {
    for (int arm = 0; arm < 2; ++arm) {
      text += std::to_string(t) + ',' + std::to_string(arm) + ',' + std::to_string(t % 5) + ',' +
              std::to_string(t * arm % 3) + ',' + std::to_string((t + arm) % 2) + '\n';
    }
  }
  return text;
}

std::string log() {
  std::string text = "x1,x2,arm,reward,propensity\n";
  for (int i = 0; i < 90; ++i) {
    text += std::to_string(i % 7) + ',' + std::to_string(i % 4) + ',' + std::to_string(i % 3) +
            ',' + std::to_string(i % 2) + (i % 5 == 0 ? ",0.5\n" : ",0.25\n");
  }
  return text;
}

Sample sample_of(std::string_view name) {
  if (name == "classification") {
    return {R"("path":"f.csv")", {{"f.csv", "x,y,class\n1,2,a\n3,1,b\n2,2,c\n0,1,a\n5,4,b\n"}}};
  }
  if (name == "table") return {R"("path":"f.csv")", {{"f.csv", table()}}};
  if (name == "replay") return {R"("path":"f.csv")", {{"f.csv", log()}}};
  if (name == "drift") return {R"("at":[3,8],"over":2)"};
  return {};
}

/// Reads the settings as from a config. Throws InputError, also where a required one is missing.
void configure(Described& spec, std::string_view name) {
  const Sample sample = sample_of(name);
  read_settings(spec, '{' + sample.settings + '}', sample.files);
}

/// Normal contexts, rewards r = |first coordinate| + 0.1 noise for each arm.
class ShapedEnvironment final : public Environment {
 public:
  explicit ShapedEnvironment(const ContextShape& shape) : shape_(shape) {}

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

class ShapedSpec final : public EnvironmentSpec {
 public:
  explicit ShapedSpec(const ContextShape& shape) : shape_(shape) {}
  Settings settings() override { return {}; }
  EnvironmentFacts facts() const override { return {.shape = shape_}; }
  std::unique_ptr<Environment> create(Seed) const override {
    return std::make_unique<ShapedEnvironment>(shape_);
  }

 private:
  ContextShape shape_;
};

struct World {
  std::string name;
  std::shared_ptr<const EnvironmentSpec> spec{};  ///< null where `error` says why
  std::string error{};
};

template <class Make>
World make_world(std::string_view name, const Make& make) {
  try {
    return {std::string(name), make()};
  } catch (const InputError& error) {
    return {std::string(name), nullptr, error.what()};
  }
}

std::vector<World> make_worlds() {
  std::vector<World> worlds;
  for (const ContextShape& shape : {ContextShape{4, 3, 1}, ContextShape{3, 3, 3},
                                    ContextShape{1, 2, 1}, ContextShape{2, 1, 1}}) {
    worlds.push_back({std::to_string(shape.arms) + " arms, d = " + std::to_string(shape.dim),
                      std::make_shared<const ShapedSpec>(shape)});
  }
  for (const EnvironmentType& type : environment_types()) {
    worlds.push_back(make_world(type.name, [&] {
      const std::shared_ptr<EnvironmentSpec> spec = type.make();
      configure(*spec, type.name);
      spec->load();
      return spec;
    }));
  }
  for (const WrapperType& type : wrapper_types()) {
    worlds.push_back(make_world(type.name, [&] {
      const std::shared_ptr<WrapperSpec> wrapper = type.make();
      configure(*wrapper, type.name);
      return wrap(find_environment_type("linear")->make(), wrapper);
    }));
  }
  return worlds;
}

const std::vector<World>& worlds() {
  static const std::vector<World> all = make_worlds();
  return all;
}

TEST(Conformance, HasASampleOfEveryTypeThatNeedsOne) {
  for (const World& world : worlds()) EXPECT_EQ(world.error, "");
}

struct Trace {
  std::vector<Index> arms;  ///< of every round that was dealt
  std::vector<double> scores;
  std::vector<double> diagnostics;
  Index rounds = 0;  ///< played
  double cum_reward = 0.0;
  Vector weights;

  bool operator==(const Trace& other) const {
    return arms == other.arms && scores == other.scores && diagnostics == other.diagnostics &&
           rounds == other.rounds && cum_reward == other.cum_reward &&
           weights.size() == other.weights.size() && weights == other.weights;
  }
};

Index rounds_in(const EnvironmentFacts& facts) { return std::min(kRounds, facts.rounds); }

void add(const RoundRecord& record, const EnvironmentFacts& facts, Trace& trace) {
  trace.arms.push_back(record.arm);
  trace.rounds = record.t;
  trace.cum_reward = record.cum_reward;
  for (const Vector* part : {&record.scores.mean, &record.scores.bonus, &record.scores.score}) {
    EXPECT_TRUE(part->size() == 0 || part->size() == facts.shape.arms);
    EXPECT_TRUE(part->allFinite());
    trace.scores.insert(trace.scores.end(), part->begin(), part->end());
  }
  const Diagnostics& d = record.diagnostics;
  for (const auto& value : {d.drift, d.log_det, d.effective_dim}) {
    if (value) trace.diagnostics.push_back(*value);
  }
  if (d.fit) {
    trace.diagnostics.insert(trace.diagnostics.end(), {d.fit->loss_start, d.fit->loss_end});
  }
}

Trace trace_of(Environment& environment, Policy& policy, const EnvironmentFacts& facts) {
  Trace trace;
  simulate(environment, policy, rounds_in(facts), [&](const RoundRecord& record) {
    add(record, facts, trace);
    return true;
  });
  trace.weights = policy.weights(false);
  EXPECT_TRUE(trace.weights.allFinite());
  EXPECT_EQ(policy.weights(true).size(), trace.weights.size());
  return trace;
}

/// NaN for the rewards of the arms that were not chosen in another run (`arms` tells) and false
/// expected rewards: nothing that a policy may see has changed.
class Blinded final : public WrappedEnvironment {
 public:
  Blinded(std::unique_ptr<Environment> inner, std::vector<Index> arms, bool with_expected)
      : WrappedEnvironment(std::move(inner)),
        arms_(std::move(arms)),
        with_expected_(with_expected) {}

  void deal(Index t, Round& round) override {
    inner_->deal(t, round);
    const Index kept = arms_.at(static_cast<std::size_t>(t - 1));
    for (Index a = 0; a < round.rewards.size(); ++a) {
      if (a != kept) round.rewards(a) = std::numeric_limits<double>::quiet_NaN();
    }
    if (!with_expected_) round.expected = -round.expected;
  }

 private:
  std::vector<Index> arms_;
  bool with_expected_;
};

/// Asks twice: what comes of other contexts in a round of another number is dropped, as in the
/// replay of a log.
class AskedTwice final : public Policy {
 public:
  explicit AskedTwice(std::unique_ptr<Policy> inner) : inner_(std::move(inner)) {}

  Index choose(Index dealt, const Contexts& contexts) override {
    Contexts others = contexts;
    others.values() = -2.0 * contexts.values();
    inner_->choose(1000 + dealt, others);
    return inner_->choose(dealt, contexts);
  }
  void update(const Outcome& outcome) override { inner_->update(outcome); }
  bool clairvoyant() const override { return inner_->clairvoyant(); }
  void reveal(const Vector& expected) override { inner_->reveal(expected); }
  const Scores& scores() const override { return inner_->scores(); }
  Diagnostics diagnostics() const override { return inner_->diagnostics(); }
  Vector weights(bool initial) const override { return inner_->weights(initial); }

 private:
  std::unique_ptr<Policy> inner_;
};

class EveryPolicy : public ::testing::TestWithParam<std::size_t> {
 protected:
  EveryPolicy() : spec_(policy_types()[GetParam()].make()) {
    read_settings(*spec_, test::settings_of_a_short_run(policy_types()[GetParam()].name));
  }

  std::unique_ptr<Policy> policy(const EnvironmentFacts& facts, Seed seed) const {
    return spec_->create(
        {.shape = facts.shape, .horizon = std::min(kRounds, facts.rounds), .seed = seed});
  }
  Trace play(const World& world, Seed seed) const {
    const EnvironmentFacts facts = world.spec->facts();
    const auto environment = world.spec->create(seed);
    return trace_of(*environment, *policy(facts, seed), facts);
  }

  /// Calls `test` with every world that the policy goes with.
  template <class Test>
  void in_every_world(const Test& test) const {
    std::size_t tested = 0;
    for (const World& world : worlds()) {
      SCOPED_TRACE(world.name);
      if (!world.spec || !spec_->check(world.spec->facts()).empty()) continue;
      test(world, world.spec->facts());
      ++tested;
    }
    EXPECT_GT(tested, worlds().size() / 2);
  }

  std::unique_ptr<PolicySpec> spec_;
};

TEST_P(EveryPolicy, PlaysTheSameGameForTheSameSeed) {
  in_every_world([&](const World& world, const EnvironmentFacts& facts) {
    const Trace first = play(world, 1);
    EXPECT_GT(first.rounds, 0);
    EXPECT_GE(first.arms.size(), static_cast<std::size_t>(std::min(kRounds, facts.rounds)));
    EXPECT_EQ(first, play(world, 1));
  });
}

TEST_P(EveryPolicy, DoesNotPeekAtWhatItMustNotSee) {
  in_every_world([&](const World& world, const EnvironmentFacts& facts) {
    const Trace open = play(world, 2);
    const auto again = policy(facts, 2);
    Blinded blinded(world.spec->create(2), open.arms, again->clairvoyant());
    EXPECT_EQ(open, trace_of(blinded, *again, facts));
  });
}

TEST_P(EveryPolicy, IsAsBeforeWhenItsChoiceIsDropped) {
  in_every_world([&](const World& world, const EnvironmentFacts& facts) {
    AskedTwice twice(policy(facts, 3));
    const auto environment = world.spec->create(3);
    EXPECT_EQ(play(world, 3), trace_of(*environment, twice, facts));
  });
}

// Stops after 2 and again after 6 dealt rounds; each time another simulation, environment and
// policy go on from what was saved.
TEST_P(EveryPolicy, GoesOnFromACheckpointAsIfItHadNotStopped) {
  in_every_world([&](const World& world, const EnvironmentFacts& facts) {
    const TemporaryFolder folder;
    Trace trace;
    for (const auto stop : {std::size_t{2}, std::size_t{6}, std::size_t{1'000'000}}) {
      const auto environment = world.spec->create(4);
      const auto own = policy(facts, 4);
      Simulation simulation(*environment, *own, rounds_in(facts));
      const auto state = [&](StateArchive& archive) { simulation.state(archive); };
      Checkpoint checkpoint(folder.path() / "checkpoint", "a run");
      const auto found = checkpoint.restore(state);
      EXPECT_EQ(found, stop == 2 ? Checkpoint::Found::nothing : Checkpoint::Found::good);
      simulation.run([&](const RoundRecord& record) {
        add(record, facts, trace);
        return trace.arms.size() < stop;
      });
      checkpoint.save(state);
      trace.weights = own->weights(false);
    }
    EXPECT_EQ(play(world, 4), trace);
  });
}

INSTANTIATE_TEST_SUITE_P(Registered, EveryPolicy,
                         ::testing::Range(std::size_t{0}, policy_types().size()),
                         [](const ::testing::TestParamInfo<std::size_t>& parameter) {
                           return std::string(policy_types()[parameter.param].name);
                         });

}  // namespace
}  // namespace cbsim
