#include "cbsim/training/initial_weights.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numbers>

#include "cbsim/core/error.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_contexts;
using testing::random_vector;

NetworkShape shape_of(Index depth, Index blocks, Index dim = 6) {
  return {
      .dim = dim, .blocks = blocks, .width = 10, .depth = depth, .output_scale = std::sqrt(10.0)};
}

class SymmetricStart : public ::testing::TestWithParam<std::pair<Index, Index>> {};

// Exactly: rounding errors would be scores, and choose an arm.
TEST_P(SymmetricStart, PredictsZeroEverywhere) {
  const auto [depth, blocks] = GetParam();
  for (const Index width : {2, 10, 36, 100}) {
    for (const Mirror mirror : {Mirror::reduced, Mirror::doubled}) {
      const bool doubled = mirror == Mirror::doubled;
      NetworkShape shape = shape_of(depth, blocks, doubled ? 12 : 6);
      shape.width = width;
      const Network network(shape);
      WeightList weights(network, mirror);
      const Vector theta =
          weights.theta(draw_weight_list(InitialLaw::symmetric, network, mirror, 3));
      Stream stream(1, Purpose::contexts);
      for (const Index arms : {1, 4, 7}) {
        if (blocks > 1 && arms != blocks) continue;
        Contexts contexts = random_contexts(stream, {arms, shape.dim, blocks});
        if (doubled) contexts.values().bottomRows(6) = contexts.values().topRows(6).eval();
        Vector f;
        network.evaluate(theta, contexts.views(), f, nullptr);
        EXPECT_EQ(f, Vector::Zero(arms)) << width << (doubled ? ", doubled" : "");
      }
    }
  }
}

// The paper's network on [x; x]/sqrt(2), written out on the full list of weights.
TEST_P(SymmetricStart, IsThePapersNetworkOnTheMirroredInput) {
  const auto [depth, blocks] = GetParam();
  const Network reduced(shape_of(depth, blocks)), doubled(shape_of(depth, blocks, 12));
  const Vector list = draw_weight_list(InitialLaw::symmetric, reduced, Mirror::reduced, 4);
  WeightList reduced_list(reduced, Mirror::reduced), doubled_list(doubled, Mirror::doubled);
  ASSERT_EQ(reduced_list.size(), doubled_list.size());
  Vector theta = reduced_list.theta(list), theta2 = doubled_list.theta(list);
  // Off the start, so that f is not 0 for both: a move that both halves of W_1 share.
  Stream stream(2, Purpose::contexts);
  const Vector move = 0.1 * random_vector(stream, reduced.parameters());
  theta += move;
  Vector list2 = reduced_list.full(theta);
  theta2 = doubled_list.theta(list2);

  Contexts contexts = random_contexts(stream, {4, 6, blocks}), mirrored;
  mirrored.resize({4, 12, blocks});
  mirrored.values() << contexts.values(), contexts.values();
  mirrored.values() /= std::numbers::sqrt2;
  Vector f, f2;
  GradientFactors g, g2;
  reduced.evaluate(theta, contexts.views(), f, &g);
  doubled.evaluate(theta2, mirrored.views(), f2, &g2);
  EXPECT_GT(f.norm(), 1e-3);
  EXPECT_LT((f - f2).norm(), 1e-12 * f.norm());
  Matrix products, products2;
  inner_products(reduced.layout(), g, g, products);
  inner_products(doubled.layout(), g2, g2, products2);
  EXPECT_LT((products - products2).norm(), 1e-12 * products.norm());
  EXPECT_LT((doubled_list.full(theta2) - list2).norm(), 1e-14);
}

INSTANTIATE_TEST_SUITE_P(DepthsAndBlocks, SymmetricStart,
                         ::testing::Values(std::pair{2, 1}, std::pair{3, 1}, std::pair{4, 1},
                                           std::pair{2, 4}, std::pair{3, 4}));

TEST(WeightList, GoesToThetaAndBack) {
  for (const Mirror mirror : {Mirror::none, Mirror::reduced, Mirror::doubled}) {
    NetworkShape shape = shape_of(3, 2);
    shape.bias = true;
    const Network network(shape);
    WeightList weights(network, mirror);
    Stream stream(9, Purpose::contexts);
    const Vector list = random_vector(stream, weights.size());
    EXPECT_LT((weights.full(weights.theta(list)) - list).norm(), 1e-13);
  }
}

TEST(WeightList, ListsMatricesRowByRow) {
  const Network network({.dim = 2, .width = 2, .depth = 2, .bias = true});
  WeightList weights(network, Mirror::none);
  const Vector list = Vector::LinSpaced(9, 1, 9);
  const Vector theta = weights.theta(list);
  EXPECT_EQ(network.weight(theta, 1), (Matrix(2, 2) << 1, 2, 3, 4).finished());
  EXPECT_EQ(network.bias(theta, 1), (Vector(2) << 5, 6).finished());
  EXPECT_EQ(network.weight(theta, 2), (Matrix(1, 2) << 7, 8).finished());
  EXPECT_EQ(network.bias(theta, 2)(0), 9);
}

TEST(SymmetricStart, HasThePapersBlocksAndVariances) {
  const Network network({.dim = 40, .width = 200, .depth = 3, .output_scale = 1});
  const Vector list = draw_weight_list(InitialLaw::symmetric, network, Mirror::reduced, 8);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> first(list.data(), 200, 80);
  EXPECT_EQ(first.topLeftCorner(100, 40), first.bottomRightCorner(100, 40));
  EXPECT_EQ(first.topRightCorner(100, 40).norm(), 0.0);
  EXPECT_EQ(first.bottomLeftCorner(100, 40).norm(), 0.0);
  // The mean square of n normals has relative deviation sqrt(2/n); 5 deviations.
  EXPECT_NEAR(first.topLeftCorner(100, 40).squaredNorm() / 4000, 4.0 / 200,
              5 * std::sqrt(2.0 / 4000) * 4.0 / 200);
  const Eigen::Map<const Vector> last(list.data() + 200 * 80 + 200 * 200, 200);
  EXPECT_EQ(last.head(100), -last.tail(100));
  EXPECT_NEAR(last.head(100).squaredNorm() / 100, 2.0 / 200, 5 * std::sqrt(2.0 / 100) * 2.0 / 200);
}

TEST(OtherStarts, HaveTheirVariances) {
  const Network network({.dim = 50, .width = 100, .depth = 2, .output_scale = 1});
  const auto mean_square = [&](InitialLaw law) {
    return draw_weight_list(law, network, Mirror::none, 1).head(5000).squaredNorm() / 5000;
  };
  EXPECT_NEAR(mean_square(InitialLaw::he), 2.0 / 50, 5 * std::sqrt(2.0 / 5000) * 2.0 / 50);
  EXPECT_NEAR(mean_square(InitialLaw::uniform), 1.0 / 150, 5 * std::sqrt(0.8 / 5000) / 150);
}

TEST(DrawWeightList, IsAFunctionOfTheSeed) {
  const Network network(shape_of(2, 1));
  const auto draw = [&](Seed seed) {
    return draw_weight_list(InitialLaw::symmetric, network, Mirror::reduced, seed);
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

File file_of(std::string content) {
  return {"w.csv", std::make_shared<const std::string>(std::move(content))};
}

TEST(ParseWeightList, ReadsOneNumberALine) {
  EXPECT_EQ(parse_weight_list(file_of("1\n-2.5e-3\r\n0.25")),
            (Vector(3) << 1, -2.5e-3, 0.25).finished());
}

TEST(ParseWeightList, QuotesPrintableTextOnly) {
  try {
    parse_weight_list(file_of("1\n\033[31m2\n"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(
        error.what(),
        "w.csv:2: \"?[31m2\" is not a finite number; a weight file holds one number a line");
  }
}

TEST(ParseWeightList, NamesTheLineOfABadNumber) {
  for (const char* bad : {"1\nx\n", "1\n2 3\n", "1\n\n", "1\nnan\n", "1\n1e999\n", "1\n2,\n"}) {
    try {
      parse_weight_list(file_of(bad));
      FAIL() << bad;
    } catch (const InputError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with("w.csv:2: ")) << error.what();
    }
  }
}

}  // namespace
}  // namespace cbsim
