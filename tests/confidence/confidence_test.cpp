#include "cbsim/confidence/confidence.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <string>

#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::explicit_gradients;
using testing::random_contexts;
using testing::random_vector;

using Make = std::unique_ptr<Confidence> (*)(const ParameterLayout&, const ConfidenceSetup&);

struct Case {
  Make make;
  bool full;
  Index blocks;
  double lambda;
};

double log_determinant(const Matrix& z, double lambda) {
  return Eigen::PartialPivLU<Matrix>(z).matrixLU().diagonal().array().abs().log().sum() -
         static_cast<double>(z.rows()) * std::log(lambda);
}

class ConfidenceOfEachKind : public ::testing::TestWithParam<Case> {};

// Every width of 40 rounds against Z built as an explicit matrix and solved directly.
TEST_P(ConfidenceOfEachKind, EqualsADirectSolveWithTheExplicitMatrix) {
  const Case& c = GetParam();
  const double scale = 6.0;
  const Network network(
      {.dim = 3, .blocks = c.blocks, .width = 6, .depth = 3, .output_scale = std::sqrt(6.0)});
  const auto confidence =
      c.make(network.layout(), {.lambda = c.lambda, .scale = scale, .horizon = 40, .arms = 3});
  const Index p = network.parameters();
  Matrix z = c.lambda * Matrix::Identity(p, p);
  Stream stream(13, Purpose::contexts);
  EXPECT_EQ(confidence->log_det(), 0.0);
  for (int t = 0; t < 40; ++t) {
    // Theta moves, as it does between refits.
    const Vector theta = random_vector(stream, p) / 2.0;
    Vector f, widths;
    GradientFactors factors;
    network.evaluate(theta, random_contexts(stream, {3, 3, c.blocks}).views(), f, &factors);
    confidence->squared_widths(factors, widths);
    const Matrix g = explicit_gradients(network.layout(), factors);
    Matrix used = z;
    if (!c.full) used = Matrix(z.diagonal().asDiagonal());
    const Matrix solved = Eigen::PartialPivLU<Matrix>(used).solve(g);
    for (Index a = 0; a < 3; ++a) {
      const double expected = g.col(a).dot(solved.col(a)) / scale;
      // The dual form: |g|^2 - |v|^2 cancels when lambda is small.
      const double bound = 1e-9 * expected + 1e-14 * g.col(a).squaredNorm() / (c.lambda * scale);
      ASSERT_NEAR(widths(a), expected, bound) << "round " << t;
    }
    const Index arm = static_cast<Index>(stream.below(3));
    confidence->add(factors, arm);
    z += g.col(arm) * g.col(arm).transpose() / scale;
    if (!c.full) used = Matrix(z.diagonal().asDiagonal());
    ASSERT_NEAR(confidence->log_det(), log_determinant(c.full ? z : used, c.lambda),
                1e-9 * std::max(1.0, confidence->log_det()));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, ConfidenceOfEachKind,
                         ::testing::Values(Case{make_primal_confidence, true, 1, 1.0},
                                           Case{make_primal_confidence, true, 3, 0.01},
                                           Case{make_dual_confidence, true, 1, 1.0},
                                           Case{make_dual_confidence, true, 3, 1.0},
                                           Case{make_dual_confidence, true, 1, 0.01},
                                           Case{make_diagonal_confidence, false, 1, 1.0},
                                           Case{make_diagonal_confidence, false, 3, 0.01}));

// The diagonal of the paper's network on [x; x]/sqrt(2), from the reduced one.
TEST(DiagonalConfidence, CountsTheMirroredInputTwice) {
  const Index d = 4, m = 6;
  const Network reduced({.dim = d, .width = m, .depth = 2, .output_scale = 2, .input_copies = 2});
  const Network doubled({.dim = 2 * d, .width = m, .depth = 2, .output_scale = 2});
  const ConfidenceSetup setup{.lambda = 0.5, .scale = 6, .horizon = 10, .arms = 2};
  const auto a = make_diagonal_confidence(reduced.layout(), setup);
  const auto b = make_diagonal_confidence(doubled.layout(), setup);
  Stream stream(3, Purpose::contexts);
  const Vector theta = random_vector(stream, reduced.parameters());
  Vector theta2(doubled.parameters());
  doubled.weight(theta2, 1) << reduced.weight(theta, 1) / std::sqrt(2.0),
      reduced.weight(theta, 1) / std::sqrt(2.0);
  doubled.weight(theta2, 2) = reduced.weight(theta, 2);
  for (int t = 0; t < 10; ++t) {
    const Contexts contexts = random_contexts(stream, {2, d, 1});
    Contexts mirrored;
    mirrored.resize({2, 2 * d, 1});
    mirrored.values() << contexts.values(), contexts.values();
    mirrored.values() /= std::sqrt(2.0);
    Vector f, f2, widths, widths2;
    GradientFactors g, g2;
    reduced.evaluate(theta, contexts.views(), f, &g);
    doubled.evaluate(theta2, mirrored.views(), f2, &g2);
    a->squared_widths(g, widths);
    b->squared_widths(g2, widths2);
    ASSERT_LT((widths - widths2).norm(), 1e-12 * widths2.norm());
    a->add(g, t % 2);
    b->add(g2, t % 2);
    ASSERT_NEAR(a->log_det(), b->log_det(), 1e-12 * b->log_det());
  }
}

TEST(FullConfidence, GivesTheSameWidthsInPrimalAndDualForm) {
  const Network network({.dim = 5, .width = 8, .depth = 2, .output_scale = std::sqrt(8.0)});
  const ConfidenceSetup setup{.lambda = 0.1, .scale = 8, .horizon = 200, .arms = 4};
  const auto primal = make_primal_confidence(network.layout(), setup);
  const auto dual = make_dual_confidence(network.layout(), setup);
  Stream stream(4, Purpose::contexts);
  const Vector theta = random_vector(stream, network.parameters());
  for (int t = 0; t < 200; ++t) {
    Vector f, widths, widths2;
    GradientFactors g;
    network.evaluate(theta, random_contexts(stream, {4, 5, 1}).views(), f, &g);
    primal->squared_widths(g, widths);
    dual->squared_widths(g, widths2);
    ASSERT_LT((widths - widths2).norm(), 1e-9 * widths.norm());
    primal->add(g, 0);
    dual->add(g, 0);
    ASSERT_NEAR(primal->log_det(), dual->log_det(), 1e-9 * dual->log_det());
  }
}

TEST(FullConfidence, TakesTheFormThatCostsFewerOperations) {
  const Network network({.dim = 20, .width = 20, .depth = 2});  // p = 420
  const auto uses_primal = [&](Index horizon) {
    const auto confidence =
        make_confidence(ConfidenceKind::full, network.layout(),
                        {.lambda = 1, .scale = 20, .horizon = horizon, .arms = 4});
    const auto primal = make_primal_confidence(network.layout(), {.arms = 4});
    return typeid(*confidence) == typeid(*primal);
  };
  EXPECT_FALSE(uses_primal(1000));  // 420 > 0.41 * 1000
  EXPECT_TRUE(uses_primal(1100));
}

TEST(Confidence, HasNoWidthForAZeroGradientAndIsUnmovedByIt) {
  const Network network({.dim = 3, .width = 4, .depth = 2});
  const Vector theta = Vector::Zero(network.parameters()), x = Vector::Ones(3);
  const ContextView context(0, x.data(), 3);
  Vector f, widths;
  GradientFactors g;
  network.evaluate(theta, {&context, 1}, f, &g);
  for (const Make make : {make_primal_confidence, make_dual_confidence, make_diagonal_confidence}) {
    const auto confidence =
        make(network.layout(), {.lambda = 2, .scale = 4, .horizon = 5, .arms = 1});
    for (int t = 0; t < 5; ++t) {
      confidence->squared_widths(g, widths);
      EXPECT_EQ(widths(0), 0.0);
      confidence->add(g, 0);
      EXPECT_EQ(confidence->log_det(), 0.0);
    }
  }
}

}  // namespace
}  // namespace cbsim
