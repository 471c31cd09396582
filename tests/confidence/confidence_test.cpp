#include "cbsim/confidence/confidence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "support/direct.hpp"
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
  return direct::log_det(z) - static_cast<double>(z.rows()) * std::log(lambda);
}

/// Changes from the dual to the primal form in the middle of 40 rounds.
std::unique_ptr<Confidence> make_changing_confidence(const ParameterLayout& layout,
                                                     const ConfidenceSetup& setup) {
  return make_full_confidence(layout, setup, 20);
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
    const Matrix solved = direct::solve(used, g);
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
                                           Case{make_changing_confidence, true, 1, 1.0},
                                           Case{make_changing_confidence, true, 3, 0.01},
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

TEST(FullConfidence, AgreesWithBothFormsBeforeAtAndAfterTheChangeover) {
  for (const Index blocks : {1, 3}) {
    const Network network({.dim = 4, .blocks = blocks, .width = 6, .depth = 3, .output_scale = 2});
    const ConfidenceSetup setup{.lambda = 0.01, .scale = 6, .horizon = 120, .arms = 3};
    for (const Index primal_from : {0, 1, 50}) {
      const auto full = make_full_confidence(network.layout(), setup, primal_from);
      const auto primal = make_primal_confidence(network.layout(), setup);
      const auto dual = make_dual_confidence(network.layout(), setup);
      Stream stream(5, Purpose::contexts);
      for (Index t = 0; t < 120; ++t) {
        const Vector theta = random_vector(stream, network.parameters()) / 2.0;
        Vector f, expected, expected2, widths;
        GradientFactors g;
        network.evaluate(theta, random_contexts(stream, {3, 4, blocks}).views(), f, &g);
        primal->squared_widths(g, expected);
        dual->squared_widths(g, expected2);
        full->squared_widths(g, widths);
        ASSERT_LT((widths - expected).norm(), 1e-9 * expected.norm()) << primal_from << " " << t;
        ASSERT_LT((widths - expected2).norm(), 1e-9 * expected.norm()) << primal_from << " " << t;
        // To the bit, it is the form it should be.
        if (t < primal_from) {
          ASSERT_EQ(widths, expected2);
        } else if (primal_from == 0) {
          ASSERT_EQ(widths, expected);
        }
        for (Confidence* z : {primal.get(), dual.get(), full.get()}) z->add(g, t % 3);
        ASSERT_NEAR(full->log_det(), dual->log_det(), 1e-9 * dual->log_det());
        ASSERT_NEAR(full->log_det(), primal->log_det(), 1e-9 * dual->log_det());
      }
    }
  }
}

// 200 rounds of p = 7, where primal is cheaper at once, and 3 of p = 420, where dual is.
TEST(FullConfidence, TakesTheCheaperForm) {
  for (const bool small : {true, false}) {
    const Index d = small ? 6 : 20, m = small ? 1 : 20;
    const Network network({.dim = d, .width = m, .depth = 2});
    const ConfidenceSetup setup{.lambda = 1, .scale = 1, .horizon = small ? 200 : 3, .arms = 4};
    const auto full = make_full_confidence(network.layout(), setup);
    const auto expected = small ? make_primal_confidence(network.layout(), setup)
                                : make_dual_confidence(network.layout(), setup);
    Stream stream(6, Purpose::contexts);
    const Vector theta = random_vector(stream, network.parameters()).cwiseAbs();
    for (Index t = 0; t < 3; ++t) {
      Vector f, widths, widths2;
      GradientFactors g;
      network.evaluate(theta, random_contexts(stream, {4, d, 1}).views(), f, &g);
      full->squared_widths(g, widths);
      expected->squared_widths(g, widths2);
      ASSERT_EQ(widths, widths2);
      full->add(g, 0);
      expected->add(g, 0);
    }
  }
}

// Whatever is scored and added, in whatever order: another gradient in place of the one scored (as
// NeuralTS does), in the same object or not; none scored before; the same one twice; a repeated
// context.
TEST(DualConfidence, ReusesASolutionOnlyForTheSameGradient) {
  for (const Index blocks : {1, 2}) {
    const Network network({.dim = 3, .blocks = blocks, .width = 6, .depth = 2, .output_scale = 2});
    const ConfidenceSetup setup{.lambda = 0.5, .scale = 6, .horizon = 150, .arms = 2};
    const auto primal = make_primal_confidence(network.layout(), setup);
    const auto dual = make_dual_confidence(network.layout(), setup);
    Stream stream(7, Purpose::contexts);
    Vector f, widths, expected;
    GradientFactors g;
    const auto evaluate = [&] {
      const Vector theta = random_vector(stream, network.parameters());
      network.evaluate(theta, random_contexts(stream, {2, 3, blocks}).views(), f, &g);
    };
    const auto add = [&](Index column) {
      primal->add(g, column);
      dual->add(g, column);
    };
    evaluate();
    add(blocks - 1);  // of each column once
    for (int t = 0; t < 30; ++t) {
      evaluate();
      primal->squared_widths(g, expected);
      dual->squared_widths(g, widths);
      ASSERT_LT((widths - expected).norm(), 1e-10 * expected.norm()) << "round " << t;
      const Index arm = static_cast<Index>(stream.below(2));
      switch (t % 5) {
        case 0:
          add(arm), add(arm);
          break;
        case 1:
          add(arm), add(1 - arm);
          break;
        case 2:
          evaluate(), add(arm);
          break;
        case 3:
          g.right[0](0, arm) += 1.0, add(arm);
          break;
        default:
          g.block[static_cast<std::size_t>(arm)] = 0, add(arm);
          break;
      }
      ASSERT_NEAR(dual->log_det(), primal->log_det(), 1e-10 * primal->log_det());
      primal->squared_widths(g, expected);
      dual->squared_widths(g, widths);
      ASSERT_LT((widths - expected).norm(), 1e-10 * expected.norm()) << "round " << t;
    }
  }
}

// Against the columns of W_L and b_L of the explicit gradients.
TEST(LastLayerConfidence, EqualsADirectSolveOverTheLastLayer) {
  for (const bool bias : {false, true}) {
    const Index m = 5, p = m + (bias ? 1 : 0);
    const double lambda = 0.1, scale = 5.0;
    const Network network(
        {.dim = 3, .blocks = 2, .width = m, .depth = 3, .bias = bias, .output_scale = 2.0});
    const auto confidence =
        make_confidence(ConfidenceKind::last_layer, network,
                        {.lambda = lambda, .scale = scale, .horizon = 40, .arms = 2});
    Matrix z = lambda * Matrix::Identity(p, p);
    Stream stream(8, Purpose::contexts);
    for (int t = 0; t < 40; ++t) {
      const Vector theta = random_vector(stream, network.parameters());
      Vector f, widths;
      GradientFactors factors;
      network.evaluate(theta, random_contexts(stream, {2, 3, 2}).views(), f, &factors);
      confidence->squared_widths(factors, widths);
      const Matrix g = explicit_gradients(network.layout(), factors).bottomRows(p);
      const Matrix solved = direct::solve(z, g);
      for (Index a = 0; a < 2; ++a) {
        const double expected = g.col(a).dot(solved.col(a)) / scale;
        ASSERT_NEAR(widths(a), expected, 1e-9 * expected) << "round " << t;
      }
      confidence->add(factors, t % 2);
      z += g.col(t % 2) * g.col(t % 2).transpose() / scale;
      ASSERT_NEAR(confidence->log_det(), log_determinant(z, lambda),
                  1e-9 * std::max(1.0, confidence->log_det()));
    }
  }
}

TEST(Confidence, HasNoWidthForAZeroGradientAndIsUnmovedByIt) {
  const Network network({.dim = 3, .width = 4, .depth = 2});
  const Vector theta = Vector::Zero(network.parameters()), x = Vector::Ones(3);
  const ContextView context(0, x.data(), 3);
  Vector f, widths;
  GradientFactors g;
  network.evaluate(theta, {&context, 1}, f, &g);
  for (const Make make : {make_primal_confidence, make_dual_confidence, make_diagonal_confidence,
                          make_changing_confidence}) {
    const auto confidence =
        make(network.layout(), {.lambda = 2, .scale = 4, .horizon = 25, .arms = 1});
    for (int t = 0; t < 25; ++t) {
      confidence->squared_widths(g, widths);
      EXPECT_EQ(widths(0), 0.0);
      confidence->add(g, 0);
      EXPECT_EQ(confidence->log_det(), 0.0);
    }
  }
}

// Z = lambda I + n g g^T / s after n times the same gradient, with the closed form
// g^T Z^{-1} g / s = q / (lambda + n q), q = |g|^2 / s, and 1 / lambda times |h|^2 / s for an h
// orthogonal to g. Nearly singular: q / lambda is up to 1e9. What cancels in the dual form is a
// small multiple of eps q / lambda; it makes some of the widths negative before they are cut off at
// zero.
TEST(Confidence, BearsTheSameGradientForEverAtATinyLambda) {
  const Network network({.dim = 2, .width = 2, .depth = 2});
  Vector theta(network.parameters());
  theta << 1, 0, 0, 1, 1, 1;  // h = x for positive x
  const double scale = 2.0;
  for (const double lambda : {1e-8, 1e-3, 1.0, 1e8}) {
    for (const Make make : {make_primal_confidence, make_dual_confidence}) {
      const auto confidence =
          make(network.layout(), {.lambda = lambda, .scale = scale, .horizon = 500, .arms = 1});
      const Vector x = Vector{{0.3, 0.4}};
      const ContextView context(0, x.data(), 2);
      Vector f, widths;
      GradientFactors g;
      network.evaluate(theta, {&context, 1}, f, &g);
      const double q = explicit_gradients(network.layout(), g).squaredNorm() / scale;
      for (int n = 0; n < 500; ++n) {
        confidence->squared_widths(g, widths);
        ASSERT_GE(widths(0), 0.0);
        ASSERT_NEAR(widths(0), q / (lambda + n * q),
                    1e-9 * q / (lambda + n * q) + 1e-14 * q / lambda)
            << "lambda " << lambda << ", n = " << n;
        confidence->add(g, 0);
      }
      EXPECT_NEAR(confidence->log_det(), std::log1p(500 * q / lambda),
                  1e-9 * std::log1p(500 * q / lambda) + 500 * 1e-14 * q / lambda);
    }
  }
}

}  // namespace
}  // namespace cbsim
