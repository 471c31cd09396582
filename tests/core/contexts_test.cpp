#include "cbsim/core/contexts.hpp"

#include <gtest/gtest.h>

namespace cbsim {
namespace {

/// The nominal vector x_a = e_block (x) v that a view stands for.
Vector nominal(const ContextShape& shape, const ContextView& view) {
  Vector x = Vector::Zero(shape.nominal_dim());
  x.segment(view.block * shape.dim, shape.dim) = view.x;
  return x;
}

TEST(Contexts, DenseOnesAreTheColumns) {
  const ContextShape shape{.arms = 3, .dim = 2, .blocks = 1};
  Contexts contexts;
  contexts.resize(shape);
  contexts.values() << 1, 2, 3, 4, 5, 6;
  EXPECT_FALSE(contexts.disjoint());
  EXPECT_EQ(contexts.arms(), 3);
  for (Index a = 0; a < 3; ++a) {
    EXPECT_EQ(contexts[a].block, 0);
    EXPECT_EQ(nominal(shape, contexts[a]), contexts.values().col(a));
  }
}

TEST(Contexts, DisjointOnesShareAVectorInTheBlockOfTheArm) {
  const ContextShape shape{.arms = 3, .dim = 2, .blocks = 3};
  Contexts contexts;
  contexts.resize(shape);
  contexts.values() << 7, 8;
  EXPECT_TRUE(contexts.disjoint());
  EXPECT_EQ(contexts.arms(), 3);
  EXPECT_EQ(contexts.values().cols(), 1);
  for (Index a = 0; a < 3; ++a) {
    Vector expected = Vector::Zero(6);
    expected(2 * a) = 7;
    expected(2 * a + 1) = 8;
    EXPECT_EQ(nominal(shape, contexts[a]), expected);
    EXPECT_EQ(contexts[a].x.data(), contexts.values().data());
  }
}

TEST(Contexts, ResizeChangesFormAndKeepsStorageOfTheSameShape) {
  Contexts contexts;
  contexts.resize({.arms = 3, .dim = 2, .blocks = 3});
  contexts.resize({.arms = 4, .dim = 5, .blocks = 1});
  EXPECT_EQ(contexts.values().rows(), 5);
  EXPECT_EQ(contexts.values().cols(), 4);
  const double* storage = contexts.values().data();
  contexts.resize({.arms = 4, .dim = 5, .blocks = 1});
  EXPECT_EQ(contexts.values().data(), storage);
}

}  // namespace
}  // namespace cbsim
