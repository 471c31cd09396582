#include "cbsim/training/objective.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <ostream>
#include <vector>

#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_history;
using testing::random_vector;

struct Case {
  Index dim, blocks, width, depth, samples;
  bool bias;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.dim << " x " << c.blocks << ", m = " << c.width << ", L = " << c.depth << ", "
       << c.samples << " samples" << (c.bias ? ", biases" : "");
}

Network network_of(const Case& c) {
  return Network({.dim = c.dim,
                  .blocks = c.blocks,
                  .width = c.width,
                  .depth = c.depth,
                  .bias = c.bias,
                  .output_scale = std::sqrt(static_cast<double>(c.width))});
}

void add_observation(Stream& stream, History& history) {
  const Vector x = random_vector(stream, history.dim());
  const auto block = static_cast<Index>(stream.below(static_cast<std::uint64_t>(history.blocks())));
  history.add(ContextView(block, x.data(), x.size()), stream.normal());
}

class ObjectiveOfEachShape : public ::testing::TestWithParam<Case> {};

TEST_P(ObjectiveOfEachShape, IsTheSameFusedAndPlainWhileTheHistoryGrows) {
  const Case& c = GetParam();
  const Network network = network_of(c);
  Stream stream(5, Purpose::contexts);
  const Vector initial = random_vector(stream, network.parameters()) / std::sqrt(c.width);
  const Vector theta = random_vector(stream, network.parameters()) / std::sqrt(c.width);
  const ObjectiveSettings settings{.penalty = 0.7};
  const auto fused = make_fused_objective<double>(network, initial, settings);
  const auto single = make_fused_objective<float>(network, initial, settings);
  const auto plain = make_plain_objective(network, initial, settings);
  History history(c.dim, c.blocks);
  Vector w, fused_gradient, plain_gradient;
  Eigen::VectorXf w_single, single_gradient;
  for (Index i = 0; i < c.samples; ++i) {
    add_observation(stream, history);
    if (i % 17 != 0 && i + 1 != c.samples) continue;
    fused->append(history);
    single->append(history);
    plain->append(history);
    fused->begin(theta, w);
    const LossValue found = fused->evaluate(w, fused_gradient);
    const LossValue expected = plain->evaluate(theta, plain_gradient, {});
    ASSERT_NEAR(found.total, expected.total, 1e-12 * expected.total);
    ASSERT_NEAR(found.mean_squared_error, expected.mean_squared_error,
                1e-12 * expected.mean_squared_error);
    ASSERT_LE((fused_gradient - plain_gradient).norm(), 1e-12 * plain_gradient.norm());
    ASSERT_NEAR(fused->gradient_norm(fused_gradient), plain_gradient.norm(),
                1e-12 * plain_gradient.norm());
    single->begin(theta, w_single);
    ASSERT_NEAR(single->evaluate(w_single, single_gradient).total, expected.total,
                1e-5 * expected.total);
    ASSERT_LE((single_gradient.cast<double>() - plain_gradient).norm(),
              1e-4 * plain_gradient.norm());
  }
}

TEST_P(ObjectiveOfEachShape, HasTheGradientOfCentralDifferences) {
  const Case& c = GetParam();
  const Network network = network_of(c);
  Stream stream(6, Purpose::contexts);
  const History history = random_history(stream, c.dim, c.blocks, std::min<Index>(c.samples, 40));
  const Vector initial = random_vector(stream, network.parameters());
  const auto objective = make_plain_objective(network, initial, {.penalty = 0.7});
  objective->append(history);
  const Vector theta = random_vector(stream, network.parameters());
  const Vector direction = random_vector(stream, network.parameters()).normalized();
  Vector gradient, unused;
  objective->evaluate(theta, gradient);
  const double h = 1e-6;
  const double slope = (objective->evaluate(theta + h * direction, unused).total -
                        objective->evaluate(theta - h * direction, unused).total) /
                       (2 * h);
  EXPECT_NEAR(slope, gradient.dot(direction), 1e-6 * gradient.norm());
}

/// J steps from theta_0 in whatever coordinates an objective has.
template <class Real>
Vector descend(Objective<Real>& objective, const Vector& initial, double rate, Index steps,
               LossValue* last = nullptr, double* norm = nullptr) {
  typename Objective<Real>::Coordinates w, direction;
  objective.begin(initial, w);
  LossValue value;
  for (Index step = 0;; ++step) {
    value = objective.evaluate(w, direction);
    if (step == steps) break;
    w -= static_cast<Real>(rate) * direction;
  }
  if (last) *last = value;
  if (norm) *norm = objective.gradient_norm(direction);
  Vector theta;
  objective.end(w, theta);
  return theta;
}

// The first layer goes from its dual to its primal form when a block has 2 d samples; before, at
// and after that the iterates are those of the plain descent.
TEST_P(ObjectiveOfEachShape, StepsInDualFormAsInPrimalForm) {
  const Case& c = GetParam();
  const Network network = network_of(c);
  Stream stream(8, Purpose::contexts);
  const Vector initial = random_vector(stream, network.parameters()) / std::sqrt(c.width);
  for (const PenaltyCenter center : {PenaltyCenter::initial, PenaltyCenter::none}) {
    const ObjectiveSettings primal{.penalty = 0.7, .center = center};
    ObjectiveSettings dual = primal;
    dual.descent_from_initial = true;
    const auto mixed = make_fused_objective<double>(network, initial, dual);
    const auto single = make_fused_objective<float>(network, initial, dual);
    const auto plain = make_plain_objective(network, initial, primal);
    History history(c.dim, c.blocks);
    for (Index i = 0; i < c.samples; ++i) {
      add_observation(stream, history);
      if (i % 23 != 0 && i + 1 != c.samples) continue;
      mixed->append(history);
      single->append(history);
      plain->append(history);
      const double rate = 1e-3 / static_cast<double>(history.size() * c.width);
      LossValue found, expected;
      double found_norm = 0.0, expected_norm = 0.0;
      const Vector theta = descend(*mixed, initial, rate, 20, &found, &found_norm);
      const Vector oracle = descend(*plain, initial, rate, 20, &expected, &expected_norm);
      ASSERT_LE((theta - oracle).norm(), 1e-12 * oracle.norm()) << history.size();
      ASSERT_GT((oracle - initial).norm(), 1e-6 * oracle.norm());
      ASSERT_NEAR(found.total, expected.total, 1e-11 * expected.total + 1e-14);
      ASSERT_NEAR(found_norm, expected_norm, 1e-10 * expected_norm + 1e-12);
      ASSERT_LE((descend(*single, initial, rate, 20) - oracle).norm(), 1e-5 * oracle.norm());
    }
  }
}

TEST_P(ObjectiveOfEachShape, HasTheStartCurvatureOfADenseSolver) {
  const Case& c = GetParam();
  const Network network = network_of(c);
  Stream stream(21, Purpose::contexts);
  const Vector initial = random_vector(stream, network.parameters()) / std::sqrt(c.width);
  for (const bool dual : {false, true}) {
    const ObjectiveSettings settings{.descent_from_initial = dual};
    const auto fused = make_fused_objective<double>(network, initial, settings);
    const auto single = make_fused_objective<float>(network, initial, settings);
    const auto plain = make_plain_objective(network, initial, settings);
    History history(c.dim, c.blocks);
    for (Index i = 0; i < std::min<Index>(c.samples, 330); ++i) {
      add_observation(stream, history);
      if (i % 97 != 96 && i + 1 != c.samples) continue;  // grows in pieces
      fused->append(history);
      single->append(history);
      plain->append(history);
      const double expected = plain->largest_start_eigenvalue();
      const double found = fused->largest_start_eigenvalue();
      EXPECT_LE(found, expected * (1 + 1e-12));
      EXPECT_GE(found, expected * 0.97);
      EXPECT_EQ(fused->largest_start_eigenvalue(), found);
      EXPECT_NEAR(single->largest_start_eigenvalue(), found, 1e-3 * found);
      const double norm = plain->largest_start_squared_norm();
      EXPECT_NEAR(fused->largest_start_squared_norm(), norm, 1e-12 * norm);
    }
  }
}

TEST(StartCurvature, IsZeroForGradientsThatAreZero) {
  const Network network({.dim = 2, .width = 2, .depth = 2});
  const Vector initial = Vector::Zero(network.parameters());
  const auto objective = make_fused_objective<double>(network, initial, {});
  History history(2, 1);
  const Vector x = Vector::Ones(2);
  history.add(ContextView(0, x.data(), 2), 1.0);
  objective->append(history);
  EXPECT_EQ(objective->largest_start_eigenvalue(), 0.0);
}

TEST_P(ObjectiveOfEachShape, EstimatesFromABatchAsThePlainOne) {
  const Case& c = GetParam();
  const Network network = network_of(c);
  Stream stream(9, Purpose::contexts);
  const History history = random_history(stream, c.dim, c.blocks, c.samples);
  const Vector initial = random_vector(stream, network.parameters()) / std::sqrt(c.width);
  const Vector theta = random_vector(stream, network.parameters()) / std::sqrt(c.width);
  const ObjectiveSettings settings{.penalty = 0.7, .mean = true};
  const auto fused = make_fused_objective<double>(network, initial, settings);
  const auto plain = make_plain_objective(network, initial, settings);
  fused->append(history);
  plain->append(history);
  std::vector<Index> batch;
  for (Index i = 0; i < 1 + c.samples / 3; ++i) {
    batch.push_back(static_cast<Index>(stream.below(static_cast<std::uint64_t>(c.samples))));
  }
  Vector w, fused_gradient, plain_gradient;
  fused->begin(theta, w);
  const LossValue found = fused->evaluate(w, fused_gradient, batch);
  const LossValue expected = plain->evaluate(theta, plain_gradient, batch);
  EXPECT_NEAR(found.total, expected.total, 1e-12 * expected.total);
  EXPECT_NEAR(found.mean_squared_error, expected.mean_squared_error, 1e-12);
  EXPECT_LE((fused_gradient - plain_gradient).norm(), 1e-12 * plain_gradient.norm());

  // A batch leaves nothing behind.
  const auto fresh = make_plain_objective(network, initial, settings);
  fresh->append(history);
  Vector gradient;
  EXPECT_EQ(plain->evaluate(theta, plain_gradient, {}).total,
            fresh->evaluate(theta, gradient, {}).total);
  EXPECT_EQ(plain_gradient, gradient);
}

// Sizes around the kernels' tiles and panels, several work chunks, and inner sweeps beyond 256.
INSTANTIATE_TEST_SUITE_P(
    Shapes, ObjectiveOfEachShape,
    ::testing::Values(Case{1, 1, 2, 2, 1, false}, Case{3, 1, 5, 2, 7, false},
                      Case{20, 1, 20, 2, 300, false}, Case{4, 1, 7, 3, 50, true},
                      Case{5, 3, 6, 4, 90, true}, Case{9, 7, 10, 2, 150, false},
                      Case{300, 2, 9, 2, 40, true}, Case{2, 1, 100, 3, 700, false},
                      Case{6, 1, 11, 5, 60, false}, Case{7, 2, 8, 2, 64, false},
                      Case{400, 1, 3, 2, 310, true}, Case{3, 4, 5, 3, 2300, true},
                      Case{300, 3, 4, 3, 400, false}, Case{5, 1, 33, 2, 700, false},
                      Case{4, 3, 16, 2, 2300, false}));

/// The same bytes.
bool identical(const Vector& a, const Vector& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(double)) == 0;
}

// Enough samples for all the groups that work is shared out to; blocks of very different sizes, so
// that groups begin and end within blocks of either form.
TEST(ObjectiveOnThreads, GivesTheSameBytesOnAnyNumberOfThem) {
  for (const Index blocks : {Index{1}, Index{5}}) {
    for (const Index dim : {Index{8}, Index{700}}) {
      for (const bool wide : {false, true}) {
        const Network network({.dim = dim,
                               .blocks = blocks,
                               .width = wide ? 40 : 6,
                               .depth = wide ? 2 : 3,
                               .bias = !wide});
        Stream stream(10, Purpose::contexts);
        const Vector initial = random_vector(stream, network.parameters()) / 3.0;
        History history(dim, blocks);
        for (Index i = 0; i < 4500; ++i) {
          const Vector x = random_vector(stream, dim) / std::sqrt(static_cast<double>(dim));
          const Index block = i % 3 != 0 ? 0 : i / 3 % blocks;
          history.add(ContextView(block, x.data(), dim), stream.normal());
        }
        std::vector<Vector> ends;
        std::vector<double> losses;
        for (const int threads : {1, 2, 3}) {
          const auto objective = make_fused_objective<double>(
              network, initial, {.penalty = 0.7, .descent_from_initial = true, .threads = threads});
          objective->append(history);
          LossValue last;
          ends.push_back(descend(*objective, initial, 1e-5, 10, &last));
          losses.push_back(last.total);
        }
        EXPECT_TRUE(identical(ends[0], ends[1]));
        EXPECT_TRUE(identical(ends[0], ends[2]));
        EXPECT_EQ(losses[0], losses[1]);
        EXPECT_EQ(losses[0], losses[2]);
        const auto plain = make_plain_objective(network, initial, {.penalty = 0.7});
        plain->append(history);
        EXPECT_LE((ends[0] - descend(*plain, initial, 1e-5, 10)).norm(), 1e-11 * ends[0].norm());
      }
    }
  }
}

class PenaltyOfAnObjective : public ::testing::Test {
 protected:
  PenaltyOfAnObjective()
      : network_({.dim = 4, .width = 6, .depth = 2, .output_scale = 2.0}),
        stream_(7, Purpose::contexts),
        history_(random_history(stream_, 4, 1, 30)),
        initial_(random_vector(stream_, network_.parameters())),
        theta_(random_vector(stream_, network_.parameters())) {}

  double evaluate(const Vector& theta, PenaltyCenter center, bool mean, Vector& gradient) {
    const auto objective = make_fused_objective<double>(
        network_, initial_, {.penalty = 3.0, .center = center, .mean = mean});
    objective->append(history_);
    Vector w;
    objective->begin(theta, w);
    return objective->evaluate(w, gradient).total;
  }

  Network network_;
  Stream stream_;
  History history_;
  Vector initial_, theta_;
};

TEST_F(PenaltyOfAnObjective, PullsTowardsTheStart) {
  Vector with, without;
  const double difference = evaluate(theta_, PenaltyCenter::initial, false, with) -
                            evaluate(theta_, PenaltyCenter::none, false, without);
  EXPECT_NEAR(difference, 1.5 * (theta_ - initial_).squaredNorm(), 1e-10);
  EXPECT_GT((with - without).norm(), 0.1);
  EXPECT_LT((with - without - 3.0 * (theta_ - initial_)).norm(), 1e-10);
}

TEST_F(PenaltyOfAnObjective, IsNothingAtTheStartItself) {
  Vector with, without;
  EXPECT_EQ(evaluate(initial_, PenaltyCenter::initial, false, with),
            evaluate(initial_, PenaltyCenter::none, false, without));
  EXPECT_EQ(with, without);
}

TEST_F(PenaltyOfAnObjective, PullsTowardsZero) {
  Vector with, without;
  const double difference = evaluate(theta_, PenaltyCenter::zero, false, with) -
                            evaluate(theta_, PenaltyCenter::none, false, without);
  EXPECT_NEAR(difference, 1.5 * theta_.squaredNorm(), 1e-10);
  EXPECT_LT((with - without - 3.0 * theta_).norm(), 1e-10);
}

TEST_F(PenaltyOfAnObjective, IsDividedByTheRoundsWithAllElseForTheMean) {
  Vector sum, mean;
  const double whole = evaluate(theta_, PenaltyCenter::initial, false, sum);
  EXPECT_NEAR(evaluate(theta_, PenaltyCenter::initial, true, mean), whole / 30, 1e-12);
  EXPECT_LT((mean - sum / 30).norm(), 1e-12);
}

}  // namespace
}  // namespace cbsim
