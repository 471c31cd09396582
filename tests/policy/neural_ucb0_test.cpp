#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string_view>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/training/initial_weights.hpp"
#include "support/configure.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

constexpr Index kWidth = 6;

/// A NeuralUCB_0 with a small network of `depth` weight matrices and that start.
std::unique_ptr<PolicySpec> small_spec(std::int64_t depth, std::string_view init) {
  auto spec = find_policy_type("neural_ucb0")->make();
  for (const Setting& setting : spec->settings()) {
    if (setting.key != "network") continue;
    for (const Setting& field : std::get<ObjectSlot>(setting.alternatives[0]).fields) {
      if (field.key == "width") *std::get<IntegerSlot>(field.alternatives[0]).value = kWidth;
      if (field.key == "depth") *std::get<IntegerSlot>(field.alternatives[0]).value = depth;
      for (std::size_t i = 0; field.key == "init" && i < field.alternatives.size(); ++i) {
        const auto* word = std::get_if<WordSlot>(&field.alternatives[i]);
        if (word != nullptr && word->word == init) field.choose(i);
      }
    }
  }
  test::set(*spec, "gamma", 0.8);
  test::set(*spec, "lambda", 0.4);
  return spec;
}

/// g(x; theta_0)/sqrt(m) of every arm as an explicit p-vector of the paper's network: on the
/// nominal contexts x (x) e_a, twice where they are mirrored.
Contexts features(const Contexts& contexts, const Vector& weights, std::int64_t depth,
                  bool mirrored) {
  const ContextShape& shape = contexts.shape();
  const Index nominal = shape.nominal_dim();
  Matrix x = Matrix::Zero(nominal * (mirrored ? 2 : 1), shape.arms);
  for (Index a = 0; a < shape.arms; ++a) {
    const ContextView context = contexts[a];
    x.col(a).segment(context.block * shape.dim, shape.dim) = context.x;
    if (mirrored) {
      x.col(a).tail(nominal) = x.col(a).head(nominal);
      x.col(a) /= std::numbers::sqrt2;
    }
  }
  const Network network({.dim = x.rows(),
                         .width = kWidth,
                         .depth = depth,
                         .output_scale = std::sqrt(static_cast<double>(kWidth))});
  const Vector theta = WeightList(network, Mirror::none).theta(weights);
  std::vector<ContextView> views;
  for (Index a = 0; a < shape.arms; ++a) views.emplace_back(0, x.col(a).data(), x.rows());
  Vector f;
  GradientFactors gradients;
  network.evaluate(theta, views, f, &gradients);
  Contexts out;
  out.resize({.arms = shape.arms, .dim = network.parameters()});
  out.values() = testing::explicit_gradients(network.layout(), gradients) /
                 std::sqrt(static_cast<double>(kWidth));
  return out;
}

void expect_lin_ucb_on_features(const ContextShape& shape, std::int64_t depth,
                                std::string_view init) {
  const auto policy = small_spec(depth, init)->create({.shape = shape, .horizon = 60, .seed = 4});
  const Vector weights = policy->weights(true);
  EXPECT_EQ(policy->weights(false), weights);
  std::unique_ptr<Policy> linear;
  Stream stream(41, Purpose::contexts);
  for (Index t = 1; t <= 60; ++t) {
    const Contexts contexts = testing::random_contexts(stream, shape);
    const Contexts phi = features(contexts, weights, depth, init == "symmetric");
    if (!linear) {
      const auto spec = find_policy_type("lin_ucb")->make();
      test::set(*spec, "gamma", 0.8);
      test::set(*spec, "lambda", 0.4);
      linear = spec->create({.shape = phi.shape(), .horizon = 60, .seed = 4});
    }
    const Index arm = policy->choose(t, contexts);
    ASSERT_EQ(arm, linear->choose(t, phi)) << "round " << t;
    const Scores& scores = policy->scores();
    ASSERT_LT((scores.mean - linear->scores().mean).norm(), 1e-9) << "round " << t;
    ASSERT_LT((scores.bonus - linear->scores().bonus).norm(), 1e-9) << "round " << t;
    const double reward = stream.normal();
    const Observation seen{t, arm, contexts[arm], reward}, same{t, arm, phi[arm], reward};
    policy->update({t, contexts, arm, {&seen, 1}});
    linear->update({t, phi, arm, {&same, 1}});
    ASSERT_NEAR(*policy->diagnostics().log_det, *linear->diagnostics().log_det, 1e-9);
  }
}

TEST(NeuralUcb0, EqualsLinUcbOnTheGradientsAtTheStart) {
  expect_lin_ucb_on_features({3, 4, 1}, 2, "symmetric");
  expect_lin_ucb_on_features({3, 4, 1}, 2, "he");
}
TEST(NeuralUcb0, EqualsLinUcbOnTheGradientsOfADeepNetwork) {
  expect_lin_ucb_on_features({3, 4, 1}, 4, "symmetric");
  expect_lin_ucb_on_features({3, 4, 1}, 4, "uniform");
}
TEST(NeuralUcb0, EqualsLinUcbOnTheGradientsOfDisjointContexts) {
  expect_lin_ucb_on_features({3, 2, 3}, 2, "symmetric");
  expect_lin_ucb_on_features({3, 2, 3}, 3, "he");
}

TEST(NeuralUcb0, RefusesWhatItsNetworkCannotBe) {
  const auto spec = small_spec(2, "symmetric");
  EXPECT_TRUE(spec->check({.shape = {.arms = 2, .dim = 3}}).empty());
  for (const Setting& setting : spec->settings()) {
    if (setting.key != "network") continue;
    *std::get<IntegerSlot>(std::get<ObjectSlot>(setting.alternatives[0]).fields[0].alternatives[0])
         .value = 7;
  }
  const auto violations = spec->check({.shape = {.arms = 2, .dim = 3}});
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].path, "network.width");
}

// The greedy rule over the same model: without exploration it plays NeuralUCB_0's largest mean.
TEST(NeuralEpsilonGreedy0, PredictsAsNeuralUcb0) {
  const ContextShape shape{.arms = 4, .dim = 3};
  const PolicySetup setup{.shape = shape, .horizon = 30, .seed = 4};
  const auto greedy_spec = find_policy_type("neural_epsilon_greedy0")->make();
  const auto ucb_spec = find_policy_type("neural_ucb0")->make();
  test::set(*greedy_spec, "epsilon", 0.0);
  const auto greedy = greedy_spec->create(setup), ucb = ucb_spec->create(setup);
  Stream stream(42, Purpose::contexts);
  for (Index t = 1; t <= 30; ++t) {
    const Contexts contexts = testing::random_contexts(stream, shape);
    const Index arm = greedy->choose(t, contexts);
    ucb->choose(t, contexts);
    ASSERT_EQ(greedy->scores().mean, ucb->scores().mean);
    Index best = 0;
    greedy->scores().mean.maxCoeff(&best);
    ASSERT_EQ(arm, best);
    const Observation seen{t, arm, contexts[arm], stream.normal()};
    greedy->update({t, contexts, arm, {&seen, 1}});
    ucb->update({t, contexts, arm, {&seen, 1}});
  }
}

}  // namespace
}  // namespace cbsim
