#include "cbsim/confidence/packed_triangle.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_matrix;

// Sizes around a panel of rows and a chunk of columns, right-hand sides around a tile.
TEST(PackedTriangle, SolvesAsTheExplicitTriangleWhileItGrows) {
  const Index size = 275;
  Stream stream(1, Purpose::contexts);
  Matrix r = random_matrix(stream, size, size) / 20.0;
  r.diagonal() = r.diagonal().cwiseAbs().array() + 1.0;
  PackedTriangle triangle;
  for (Index t = 0; t <= size; ++t) {
    ASSERT_EQ(triangle.size(), t);
    if (t < 20 || t % 31 == 0 || t >= 255) {
      const Matrix b = random_matrix(stream, t % 10 + 1, t);
      Matrix x = b;
      triangle.solve(x);
      const Matrix back =
          x * Matrix(r.topLeftCorner(t, t).triangularView<Eigen::Lower>()).transpose();
      ASSERT_LE((back - b).norm(), 1e-13 * b.norm()) << "t = " << t;
    }
    if (t < size) triangle.append(r.row(t).head(t), r(t, t));
  }
}

// To the bit: the widths of a round must not depend on how many arms it has.
TEST(PackedTriangle, SolvesOneAndManyRightHandSidesAlike) {
  const Index size = 300;
  Stream stream(2, Purpose::contexts);
  const Matrix r = random_matrix(stream, size, size) / 20.0;
  PackedTriangle triangle;
  for (Index t = 0; t < size; ++t) triangle.append(r.row(t).head(t), 1.0 + std::abs(r(t, t)));
  Matrix together = random_matrix(stream, 7, size);
  const Matrix b = together;
  triangle.solve(together);
  for (Index i = 0; i < b.rows(); ++i) {
    Matrix one = b.row(i);
    triangle.solve(one);
    ASSERT_EQ(one, together.row(i));
  }
}

}  // namespace
}  // namespace cbsim
