#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/model/kernel_model.hpp"
#include "support/configure.hpp"
#include "support/random.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace {

const PolicySetup kSetup{.shape = {.arms = 4, .dim = 3}, .horizon = 1500, .seed = 6};

/// Plays `rounds` rounds of a policy with the settings of `kernel`; `check` gets its scores beside
/// mean and width of a model that has seen the same.
template <class Check>
void play(PolicySpec& spec, const KernelSettings& kernel, Index rounds, const Check& check) {
  const auto policy = spec.create(kSetup);
  const auto model = make_kernel_model(kernel, kSetup);
  Stream stream(61, Purpose::contexts);
  Vector mean, width;
  for (Index t = 1; t <= rounds; ++t) {
    const Contexts contexts = testing::random_contexts(stream, kSetup.shape);
    const Index arm = policy->choose(t, contexts);
    model->predict_with_width(contexts, mean, width);
    EXPECT_EQ(policy->scores().mean, mean);
    check(policy->scores(), width, model->confidence_state());
    const Observation seen{t, arm, contexts[arm], stream.normal()};
    policy->update({t, contexts, arm, {&seen, 1}});
    model->update({t, contexts, arm, {&seen, 1}});
  }
}

TEST(KernelUcb, AddsItsFactorTimesTheWidthOfTheKernelItIsGiven) {
  const auto spec = find_policy_type("kernel_ucb")->make();
  test::set(*spec, "gamma", 0.6);
  test::set(*spec, "lambda", 0.2);
  test::set(*spec, "bandwidth", 2.5);
  test::set_word(*spec, "kernel", "laplace");
  KernelSettings kernel;
  kernel.lambda = 0.2;
  kernel.bandwidth = 2.5;
  kernel.kind = KernelSettings::Kind::laplace;
  play(*spec, kernel, 40, [](const Scores& scores, const Vector& width, const ConfidenceState&) {
    EXPECT_LT((scores.bonus - 0.6 * width).norm(), 1e-14);
  });
}

TEST(KernelUcb, MayFollowTheDeterminant) {
  const auto spec = find_policy_type("kernel_ucb")->make();
  for (const Setting& setting : spec->settings()) {
    for (std::size_t i = 0; i < setting.alternatives.size(); ++i) {
      const auto* object = std::get_if<ObjectSlot>(&setting.alternatives[i]);
      if (object != nullptr && object->tag_value == "self_normalized") setting.choose(i);
    }
  }
  play(*spec, {}, 40, [](const Scores& scores, const Vector& width, const ConfidenceState& state) {
    const double gamma = std::sqrt(state.log_det - 2.0 * std::log(0.1)) + 1.0;
    EXPECT_LT((scores.bonus - gamma * width).norm(), 1e-12);
  });
}

TEST(KernelTs, DrawsEachArmFromItsMeanAndWidth) {
  const auto spec = find_policy_type("kernel_ts")->make();
  test::set(*spec, "nu", 0.3);
  std::vector<std::vector<double>> draws(4);
  play(*spec, {}, 1500, [&](const Scores& scores, const Vector& width, const ConfidenceState&) {
    for (Index a = 0; a < 4; ++a) {
      draws[static_cast<std::size_t>(a)].push_back(scores.bonus(a) / (0.3 * width(a)));
    }
  });
  for (std::size_t a = 0; a < 4; ++a) {
    EXPECT_LT(test::kolmogorov_statistic(draws[a], test::normal_cdf), test::kKolmogorovBound);
    EXPECT_LT(std::abs(test::correlation_statistic(draws[a], draws[(a + 1) % 4])),
              test::kNormalBound);
  }
}

TEST(KernelUcb, ForecastsItsTriangleUpToTheCap) {
  const auto spec = find_policy_type("kernel_ucb")->make();
  const EnvironmentFacts facts{.shape = kSetup.shape};
  const RunCost capped = spec->cost(facts, 100'000);
  EXPECT_NEAR(capped.bytes, 8.0 * 1000 * 1000 / 2, 0.1 * capped.bytes);
  EXPECT_NEAR(capped.round(100'000).operations, 4.0 * 1000 * 1000, 0.1 * 4e6);
  EXPECT_EQ(capped.round(2000).operations, capped.round(1000).operations);
  test::set_word(*spec, "max_contexts", "none");
  const RunCost open = spec->cost(facts, 100'000);
  EXPECT_NEAR(open.bytes, 8.0 * 1e10 / 2, 0.01 * open.bytes);
  EXPECT_THAT(open.remedy, ::testing::HasSubstr("max_contexts"));
}

}  // namespace
}  // namespace cbsim
