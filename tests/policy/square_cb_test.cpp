#include <gtest/gtest.h>

#include <cmath>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/model/linear_model.hpp"
#include "cbsim/model/neural_model.hpp"
#include "support/configure.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

/// The settings of the alternative of "model" with that tag, chosen.
Settings choose_model(PolicySpec& spec, std::string_view type) {
  for (const Setting& setting : spec.settings()) {
    for (std::size_t i = 0; setting.key == "model" && i < setting.alternatives.size(); ++i) {
      const auto& slot = std::get<ObjectSlot>(setting.alternatives[i]);
      if (slot.tag_value != type) continue;
      setting.choose(i);
      return slot.fields;
    }
  }
  return {};
}

/// Plays 30 rounds and holds the probabilities against those of the model's own predictions.
void expect_inverse_gaps(PolicySpec& spec, RewardModel& model, const PolicySetup& setup) {
  const auto policy = spec.create(setup);
  Stream stream(51, Purpose::contexts);
  Vector mean;
  for (Index t = 1; t <= 30; ++t) {
    const Contexts contexts = testing::random_contexts(stream, setup.shape);
    const Index arm = policy->choose(t, contexts);
    model.predict(contexts, mean);
    EXPECT_EQ(policy->scores().mean, mean);
    Index best = 0;
    const double largest = mean.maxCoeff(&best);
    const Vector& p = policy->scores().score;
    const double gamma = 10.0 * std::sqrt(static_cast<double>(t));
    for (Index a = 0; a < mean.size(); ++a) {
      if (a == best) continue;
      EXPECT_NEAR(p(a), 1.0 / (static_cast<double>(mean.size()) + gamma * (largest - mean(a))),
                  1e-15);
    }
    EXPECT_NEAR(p.sum(), 1.0, 1e-15);
    EXPECT_GE(p(best), p.maxCoeff() - 1e-15);
    const Observation seen{t, arm, contexts[arm], stream.normal()};
    policy->update({t, contexts, arm, {&seen, 1}});
    model.update({t, contexts, arm, {&seen, 1}});
  }
}

TEST(SquareCb, WeighsTheInverseGapsOfALinearModelByDefault) {
  const PolicySetup setup{.shape = {.arms = 4, .dim = 3}, .horizon = 30, .seed = 2};
  const auto spec = find_policy_type("square_cb")->make();
  const auto model = make_linear_model({}, setup.shape);
  expect_inverse_gaps(*spec, *model, setup);
}

TEST(SquareCb, WeighsTheInverseGapsOfANeuralModel) {
  const PolicySetup setup{.shape = {.arms = 4, .dim = 3}, .horizon = 30, .seed = 2};
  const auto spec = find_policy_type("square_cb")->make();
  EXPECT_FALSE(choose_model(*spec, "neural").empty());
  const auto model = make_neural_model({}, setup, GradientsInZ::none);
  expect_inverse_gaps(*spec, *model, setup);
  EXPECT_EQ(spec->create(setup)->weights(true).size(), model->weights(true).size());
}

TEST(SquareCb, ChecksTheModelItHas) {
  const EnvironmentFacts facts{.shape = {.arms = 4, .dim = 3}};
  const auto spec = find_policy_type("square_cb")->make();
  for (const Setting& setting : choose_model(*spec, "neural")) {
    if (setting.key != "network") continue;
    *std::get<IntegerSlot>(std::get<ObjectSlot>(setting.alternatives[0]).fields[0].alternatives[0])
         .value = 7;
  }
  const auto violations = spec->check(facts);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].path, "model.network.width");
  EXPECT_GT(spec->cost(facts, 100).round(100).refit_operations, 0.0);
  choose_model(*spec, "linear");
  EXPECT_TRUE(spec->check(facts).empty());
  EXPECT_EQ(spec->cost(facts, 100).round(100).refit_operations, 0.0);
}

}  // namespace
}  // namespace cbsim
