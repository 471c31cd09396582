#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/model/neural_model.hpp"
#include "support/configure.hpp"
#include "support/random.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace {

// Before the first reward Z = lambda I, so that the law of round 1 is N(0, nu^2 |g|^2 / m) whatever
// lambda is: sigma^2 = lambda g^T Z^{-1} g / m.
TEST(NeuralTs, DrawsFromThePublishedLaw) {
  const ContextShape shape{.arms = 3, .dim = 4, .blocks = 1};
  const auto spec = find_policy_type("neural_ts")->make();
  test::set(*spec, "nu", 0.3);
  test::set(*spec, "lambda", 7.0);
  const auto policy = spec->create({shape, 10, 5});

  NeuralSettings settings;  // the same network
  settings.lambda = 7.0;
  const auto model = make_neural_model(settings, {shape, 10, 5}, GradientsInZ::at_choice);
  Stream stream(1, Purpose::contexts);
  const Contexts contexts = testing::random_contexts(stream, shape);
  Vector mean, width;
  model->predict_with_width(contexts, mean, width);
  ASSERT_LE(mean.norm(), 1e-12);

  std::vector<std::vector<double>> draws(3);
  for (Index t = 1; t <= 8000; ++t) {
    policy->choose(t, contexts);
    for (Index a = 0; a < 3; ++a) {
      draws[static_cast<std::size_t>(a)].push_back(policy->scores().score(a) /
                                                   (0.3 * std::sqrt(7.0) * width(a)));
    }
  }
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_LT(test::kolmogorov_statistic(draws[a], test::normal_cdf), test::kKolmogorovBound);
    EXPECT_LT(std::abs(test::correlation_statistic(draws[a], draws[(a + 1) % 3])),
              test::kNormalBound);
  }
}

}  // namespace
}  // namespace cbsim
