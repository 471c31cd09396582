#include "cbsim/training/network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cbsim/training/factor_history.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::explicit_gradients;
using testing::random_contexts;
using testing::random_vector;

struct Case {
  Index depth;
  Index blocks;
  bool bias;
};

class NetworkOfEachKind : public ::testing::TestWithParam<Case> {
 protected:
  NetworkOfEachKind()
      : network_({.dim = 5,
                  .blocks = GetParam().blocks,
                  .width = 8,
                  .depth = GetParam().depth,
                  .bias = GetParam().bias,
                  .output_scale = std::sqrt(8.0)}),
        stream_(11, Purpose::contexts),
        theta_(random_vector(stream_, network_.parameters())),
        contexts_(random_contexts(stream_, {.arms = 4, .dim = 5, .blocks = GetParam().blocks})) {}

  Network network_;
  Stream stream_;
  Vector theta_;
  Contexts contexts_;
};

TEST_P(NetworkOfEachKind, CountsItsParameters) {
  const Index d = 5 * GetParam().blocks, m = 8, depth = GetParam().depth;
  const Index biases = GetParam().bias ? m * (depth - 1) + 1 : 0;
  EXPECT_EQ(network_.parameters(), m * d + m * m * (depth - 2) + m + biases);
}

// f written out from its definition, on the nominal context x (x) e_a.
TEST_P(NetworkOfEachKind, EvaluatesItsDefinition) {
  Vector f;
  network_.evaluate(theta_, contexts_.views(), f, nullptr);
  for (Index a = 0; a < 4; ++a) {
    const ContextView context = contexts_[a];
    Vector h = Vector::Zero(5 * GetParam().blocks);
    h.segment(5 * context.block, 5) = context.x;
    for (Index l = 1; l <= GetParam().depth; ++l) {
      Vector next = network_.weight(theta_, l) * h;
      if (GetParam().bias) next += network_.bias(theta_, l);
      if (l < GetParam().depth) next = next.unaryExpr([](double z) { return z > 0 ? z : 0.0; });
      h = next;
    }
    EXPECT_NEAR(f(a), std::sqrt(8.0) * h(0), 1e-12 * std::max(1.0, std::abs(f(a))));
  }
}

TEST_P(NetworkOfEachKind, HasTheGradientOfCentralDifferences) {
  Vector f, up, down;
  GradientFactors factors;
  network_.evaluate(theta_, contexts_.views(), f, &factors);
  const Matrix gradients = explicit_gradients(network_.layout(), factors);
  Matrix differences(network_.parameters(), 4);
  const double h = 1e-6;
  for (Index k = 0; k < network_.parameters(); ++k) {
    Vector moved = theta_;
    moved(k) = theta_(k) + h;
    network_.evaluate(moved, contexts_.views(), up, nullptr);
    moved(k) = theta_(k) - h;
    network_.evaluate(moved, contexts_.views(), down, nullptr);
    differences.row(k) = (up - down).transpose() / (2 * h);
  }
  for (Index a = 0; a < 4; ++a) {
    ASSERT_GT(gradients.col(a).norm(), 1e-3);
    EXPECT_LT((gradients.col(a) - differences.col(a)).norm(), 1e-6 * gradients.col(a).norm());
  }
}

void expect_factored_inner_products(const Network& network, const Vector& theta,
                                    const Contexts& contexts) {
  Vector f;
  GradientFactors factors;
  network.evaluate(theta, contexts.views(), f, &factors);
  const Matrix gradients = explicit_gradients(network.layout(), factors);
  const Matrix expected = gradients.transpose() * gradients;
  Matrix products;
  inner_products(network.layout(), factors, factors, products);
  EXPECT_LT((products - expected).norm(), 1e-12 * expected.norm());
}

TEST_P(NetworkOfEachKind, HasFactoredInnerProductsEqualToExplicitOnes) {
  expect_factored_inner_products(network_, theta_, contexts_);
}

TEST_P(NetworkOfEachKind, HasAFactorHistoryEqualToTheExplicitJacobian) {
  FactorHistory history(network_.layout());
  Matrix jacobian(0, network_.parameters());
  Vector f;
  GradientFactors factors;
  for (int round = 0; round < 20; ++round) {
    const Contexts contexts = random_contexts(stream_, contexts_.shape());
    network_.evaluate(theta_, contexts.views(), f, &factors);
    const Index arm = static_cast<Index>(stream_.below(4));
    history.append(factors, arm);
    jacobian.conservativeResize(jacobian.rows() + 1, Eigen::NoChange);
    jacobian.bottomRows(1) = explicit_gradients(network_.layout(), factors).col(arm).transpose();
  }
  Matrix products;
  history.inner_products(factors, products);
  const Matrix expected =
      explicit_gradients(network_.layout(), factors).transpose() * jacobian.transpose();
  EXPECT_LT((products - expected).norm(), 1e-12 * expected.norm());
  Matrix squared = Matrix::Zero(network_.parameters(), network_.parameters());
  history.add_squared_jacobian(0.5, squared);
  const Matrix expected_square = 0.5 * jacobian.transpose() * jacobian;
  EXPECT_LT(Matrix((squared - expected_square).triangularView<Eigen::Upper>()).norm(),
            1e-12 * expected_square.norm());
}

INSTANTIATE_TEST_SUITE_P(Kinds, NetworkOfEachKind,
                         ::testing::Values(Case{2, 1, false}, Case{3, 1, false}, Case{4, 1, false},
                                           Case{2, 4, false}, Case{3, 4, true}, Case{2, 1, true}));

// Arms of different blocks share no weight of the first layer.
TEST(Network, HasFactoredInnerProductsOfTwoBlocks) {
  const Network network({.dim = 5, .blocks = 2, .width = 8, .depth = 2});
  Stream stream(12, Purpose::contexts);
  const Vector theta = random_vector(stream, network.parameters());
  const Contexts contexts = random_contexts(stream, {.arms = 2, .dim = 5, .blocks = 2});
  expect_factored_inner_products(network, theta, contexts);
}

TEST(Network, HasZeroGradientWhereTheReluIsAtZero) {
  const Network network({.dim = 2, .width = 2, .depth = 2});
  Vector theta = Vector::Ones(network.parameters());
  const Vector zero = Vector::Zero(2);
  const ContextView context(0, zero.data(), 2);
  Vector f;
  GradientFactors factors;
  network.evaluate(theta, {&context, 1}, f, &factors);
  EXPECT_EQ(f(0), 0.0);
  EXPECT_EQ(factors.left[0].norm(), 0.0);  // relu'(0) = 0
}

}  // namespace
}  // namespace cbsim
