// The policies over neural models are the compositions that they claim to be, settings included.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/registry.hpp"
#include "cbsim/model/bootstrap_model.hpp"
#include "cbsim/model/dropout_model.hpp"
#include "cbsim/model/neural_lin_ucb_model.hpp"
#include "cbsim/model/neural_linear_model.hpp"
#include "cbsim/policy/rules.hpp"
#include "experiment/read_settings.hpp"
#include "support/configure.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

const PolicySetup kSetup{{.arms = 3, .dim = 4, .blocks = 1}, 12, 5};

/// Plays 12 rounds of both, which must choose the same arms for the same scores.
void expect_equal(Policy& found, Policy& expected) {
  for (Index t = 1; t <= 12; ++t) {
    Stream stream(1, Purpose::contexts, static_cast<std::uint64_t>(t));
    const Contexts contexts = testing::random_contexts(stream, kSetup.shape);
    const Index arm = found.choose(t, contexts);
    ASSERT_EQ(arm, expected.choose(t, contexts)) << "round " << t;
    ASSERT_EQ(found.scores().score, expected.scores().score) << "round " << t;
    const Observation seen{t, arm, contexts[arm], stream.normal()};
    found.update({t, contexts, arm, {&seen, 1}});
    expected.update({t, contexts, arm, {&seen, 1}});
  }
}

std::unique_ptr<Policy> created(PolicySpec& spec) { return spec.create(kSetup); }

TEST(NeuralPolicies, ThompsonSamplingAddsGradientsAfterTheRefit) {
  const auto spec = find_policy_type("neural_ts")->make();
  test::set(*spec, "nu", 0.4);
  test::set(*spec, "lambda", 2.0);
  NeuralSettings settings;
  settings.lambda = 2.0;
  expect_equal(*created(*spec),
               *make_thompson(make_neural_model(settings, kSetup, GradientsInZ::after_refit),
                              Schedule(0.4 * std::sqrt(2.0)), kSetup.seed));
}

TEST(NeuralPolicies, PerturbedRewardsPlayEachArmFirst) {
  const auto spec = find_policy_type("neural_phe")->make();
  test::set(*spec, "nu", 0.4);
  test::set(*spec, "initial_pulls", 2);
  expect_equal(*created(*spec),
               *make_initial_pulls(
                   make_greedy(make_perturbed_neural_model(NeuralSettings{}, kSetup, 0.4)), 2));
}

TEST(NeuralPolicies, PerturbedRewardsDifferFromTheRewards) {
  const auto perturbed = make_perturbed_neural_model(NeuralSettings{}, kSetup, 0.4);
  const auto plain = make_neural_model(NeuralSettings{}, kSetup, GradientsInZ::none);
  Stream stream(1, Purpose::contexts);
  const Contexts contexts = testing::random_contexts(stream, kSetup.shape);
  const Observation seen{1, 0, contexts[0], 1.0};
  for (const auto* model : {&perturbed, &plain}) (*model)->update({1, contexts, 0, {&seen, 1}});
  EXPECT_NE(perturbed->weights(false), plain->weights(false));
}

TEST(NeuralPolicies, BootstrapDrawsOneOfItsNetworks) {
  const auto spec = find_policy_type("bootstrapped_nn")->make();
  test::set(*spec, "networks", 3);
  test::set(*spec, "inclusion", 0.6);
  test::set(*spec, "initial_pulls", 1);
  expect_equal(*created(*spec),
               *make_initial_pulls(
                   make_thompson(make_bootstrap_model(NeuralSettings{},
                                                      {.networks = 3, .inclusion = 0.6}, kSetup),
                                 Schedule(1.0), kSetup.seed),
                   1));
}

TEST(NeuralPolicies, DropoutDrawsUnits) {
  const auto spec = find_policy_type("dropout_ts")->make();
  test::set(*spec, "keep", 0.7);
  NeuralSettings settings;
  settings.training.optimizer = Optimizer::adam;
  settings.training.rate_kind = TrainingSettings::Rate::number;
  settings.training.learning_rate = 0.01;
  expect_equal(
      *created(*spec),
      *make_initial_pulls(
          make_thompson(make_dropout_model(settings, 0.7, kSetup), Schedule(1.0), kSetup.seed), 2));
}

TEST(NeuralPolicies, NeuralLinearRefitsEvery50Rounds) {
  const auto spec = find_policy_type("neural_linear")->make();
  test::set(*spec, "nu", 0.5);
  test::set(*spec, "initial_pulls", 1);
  NeuralSettings settings;
  settings.training.refit.every = 50;
  expect_equal(*created(*spec),
               *make_initial_pulls(make_thompson(make_neural_linear_model(settings, {}, kSetup),
                                                 Schedule(0.5), kSetup.seed),
                                   1));
}

TEST(NeuralPolicies, NeuralLinUcbIsUcbOnItsFeatures) {
  const auto spec = find_policy_type("neural_lin_ucb")->make();
  test::set(*spec, "gamma", 0.3);
  test::set(*spec, "lambda", 0.7);
  test::set(*spec, "initial_pulls", 1);
  NeuralLinUcbSettings settings;
  settings.lambda = 0.7;
  expect_equal(
      *created(*spec),
      *make_initial_pulls(
          make_ucb(make_neural_lin_ucb_model(settings, kSetup), ExplorationFactor(0.3)), 1));
}

/// What reading these settings of a policy, and then the check against a world, complain of.
std::string complaints(const PolicyType& type, const std::string& json) {
  const auto spec = type.make();
  return test::message_of<InputError>([&] {
    read_settings(*spec, json);
    const auto violations = spec->check({.shape = kSetup.shape});
    if (!violations.empty()) throw InputError(violations.front().message);
  });
}

TEST(NeuralPolicies, TakeBatchesFromOneObservationOn) {
  const auto batch = [](const char* size) {
    return complaints(*find_policy_type("neural_ucb"),
                      std::string(R"({"training":{"optimizer":"sgd","batch_size":)") + size + "}}");
  };
  EXPECT_EQ(batch("1"), "(no error)");
  EXPECT_EQ(batch("\"full\""), "(no error)");
  EXPECT_NE(batch("0"), "(no error)");
}

// Those with a Z over gradients can be told which, and can refit when its determinant has grown;
// the others would ignore it.
TEST(NeuralPolicies, TakeWhatConcernsZWhereTheyHaveOne) {
  const std::map<std::string_view, bool> has_z = {
      {"neural_ucb", true},     {"neural_ts", true},   {"neural_greedy", false},
      {"neural_phe", false},    {"dropout_ts", false}, {"neural_epsilon_greedy", false},
      {"neural_linear", false}, {"square_cb", false},  {"bootstrapped_nn", false},
  };
  std::size_t seen = 0;
  for (const PolicyType& type : policy_types()) {
    const auto inside = [&](const std::string& fields) {
      return type.name == "square_cb" ? R"({"model":{"type":"neural",)" + fields + "}}"
                                      : '{' + fields + '}';
    };
    const bool refits =
        complaints(type, inside(R"("training":{"refit":{"schedule":"doubling"}})")) == "(no error)";
    const auto found = has_z.find(type.name);
    const bool own = type.name == "neural_lin_ucb";  // a Z over features, refitted as it says
    EXPECT_EQ(refits && !own, found != has_z.end()) << type.name;
    if (found == has_z.end()) continue;
    ++seen;
    for (const char* fields : {R"("confidence":"diagonal")", R"("confidence_scale":"one")",
                               R"("training":{"refit":{"schedule":"determinant"}})"}) {
      EXPECT_EQ(complaints(type, inside(fields)) == "(no error)", found->second)
          << type.name << ": " << fields;
    }
  }
  EXPECT_EQ(seen, has_z.size());
}

}  // namespace
}  // namespace cbsim
