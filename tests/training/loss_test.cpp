#include "cbsim/training/loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_history;
using testing::random_vector;

struct Case {
  Index dim, blocks, width, depth, samples;
  bool bias;
};

Network network_of(const Case& c) {
  return Network({.dim = c.dim,
                  .blocks = c.blocks,
                  .width = c.width,
                  .depth = c.depth,
                  .bias = c.bias,
                  .output_scale = std::sqrt(static_cast<double>(c.width))});
}

class SquaredErrorOfEachShape : public ::testing::TestWithParam<Case> {};

TEST_P(SquaredErrorOfEachShape, IsTheSameFusedAndPlainWhileTheHistoryGrows) {
  const Case& c = GetParam();
  const Network network = network_of(c);
  Stream stream(5, Purpose::contexts);
  const auto fused = make_fused_squared_error(network), plain = make_plain_squared_error(network);
  History history(c.dim, c.blocks);
  const Vector theta = random_vector(stream, network.parameters()) / std::sqrt(c.width);
  Vector fused_gradient, plain_gradient;
  for (Index i = 0; i < c.samples; ++i) {
    const Vector x = random_vector(stream, c.dim);
    const auto block = static_cast<Index>(stream.below(static_cast<std::uint64_t>(c.blocks)));
    history.add(ContextView(block, x.data(), c.dim), stream.normal());
    if (i % 17 != 0 && i + 1 != c.samples) continue;
    fused->append(history);
    plain->append(history);
    const double fused_value = fused->evaluate(theta, fused_gradient);
    const double plain_value = plain->evaluate(theta, plain_gradient);
    ASSERT_NEAR(fused_value, plain_value, 1e-12 * plain_value);
    ASSERT_LE((fused_gradient - plain_gradient).norm(), 1e-12 * plain_gradient.norm());
  }
}

TEST_P(SquaredErrorOfEachShape, HasTheGradientOfCentralDifferences) {
  const Case& c = GetParam();
  const Network network = network_of(c);
  Stream stream(6, Purpose::contexts);
  const History history = random_history(stream, c.dim, c.blocks, std::min<Index>(c.samples, 40));
  const auto error = make_plain_squared_error(network);
  error->append(history);
  const Vector theta = random_vector(stream, network.parameters());
  const Vector direction = random_vector(stream, network.parameters()).normalized();
  Vector gradient, unused;
  error->evaluate(theta, gradient);
  const double h = 1e-6;
  const double slope = (error->evaluate(theta + h * direction, unused) -
                        error->evaluate(theta - h * direction, unused)) /
                       (2 * h);
  EXPECT_NEAR(slope, gradient.dot(direction), 1e-6 * gradient.norm());
}

// Sizes around the kernels' tiles and panels, several work blocks, and inner sweeps beyond 256.
INSTANTIATE_TEST_SUITE_P(
    Shapes, SquaredErrorOfEachShape,
    ::testing::Values(Case{1, 1, 2, 2, 1, false}, Case{3, 1, 5, 2, 7, false},
                      Case{20, 1, 20, 2, 300, false}, Case{4, 1, 7, 3, 50, true},
                      Case{5, 3, 6, 4, 90, true}, Case{9, 7, 10, 2, 150, false},
                      Case{300, 2, 9, 2, 40, true}, Case{2, 1, 100, 3, 700, false},
                      Case{6, 1, 11, 5, 60, false}, Case{7, 2, 8, 2, 64, false}));

class LossOnHistory : public ::testing::Test {
 protected:
  LossOnHistory()
      : network_({.dim = 4, .width = 6, .depth = 2, .output_scale = 2.0}),
        stream_(7, Purpose::contexts),
        history_(random_history(stream_, 4, 1, 30)),
        initial_(random_vector(stream_, network_.parameters())),
        theta_(random_vector(stream_, network_.parameters())) {}

  Loss make(double penalty, PenaltyCenter center, bool mean) {
    Loss loss(make_plain_squared_error(network_), penalty, center, mean, initial_);
    loss.append(history_);
    return loss;
  }

  Network network_;
  Stream stream_;
  History history_;
  Vector initial_, theta_;
};

TEST_F(LossOnHistory, AddsThePenaltyTowardsTheStart) {
  Vector with, without;
  const double difference = make(3.0, PenaltyCenter::initial, false).evaluate(theta_, with) -
                            make(3.0, PenaltyCenter::none, false).evaluate(theta_, without);
  EXPECT_NEAR(difference, 1.5 * (theta_ - initial_).squaredNorm(), 1e-10);
  EXPECT_GT((with - without).norm(), 0.1);
  EXPECT_LT((with - without - 3.0 * (theta_ - initial_)).norm(), 1e-10);
}

TEST_F(LossOnHistory, HasNoPenaltyAtTheStartItself) {
  Vector with, without;
  EXPECT_EQ(make(3.0, PenaltyCenter::initial, false).evaluate(initial_, with),
            make(3.0, PenaltyCenter::none, false).evaluate(initial_, without));
  EXPECT_EQ(with, without);
}

TEST_F(LossOnHistory, AddsThePenaltyTowardsZero) {
  Vector with, without;
  const double difference = make(3.0, PenaltyCenter::zero, false).evaluate(theta_, with) -
                            make(3.0, PenaltyCenter::none, false).evaluate(theta_, without);
  EXPECT_NEAR(difference, 1.5 * theta_.squaredNorm(), 1e-10);
  EXPECT_LT((with - without - 3.0 * theta_).norm(), 1e-10);
}

TEST_F(LossOnHistory, DividesAllOfItByTheRoundsForTheMean) {
  Vector sum, mean;
  const double whole = make(3.0, PenaltyCenter::initial, false).evaluate(theta_, sum);
  EXPECT_NEAR(make(3.0, PenaltyCenter::initial, true).evaluate(theta_, mean), whole / 30, 1e-12);
  EXPECT_LT((mean - sum / 30).norm(), 1e-12);
}

}  // namespace
}  // namespace cbsim
