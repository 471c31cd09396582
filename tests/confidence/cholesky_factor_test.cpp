#include "cbsim/confidence/cholesky_factor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "cbsim/core/error.hpp"
#include "support/configure.hpp"
#include "support/direct.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_matrix;
using testing::random_vector;
// Of at least 113 bits of mantissa.
#ifdef __SIZEOF_FLOAT128__
__extension__ using Quad = __float128;
#else
using Quad = long double;
#endif

constexpr Index kSize = 6;
using Quads = std::array<std::array<Quad, kSize>, kSize>;

/// x^T A^{-1} x by the factorisation L D L^T = A.
double squared_width(Quads a, const Vector& x) {
  Quad width = 0;
  std::array<Quad, kSize> y;
  for (std::size_t i = 0; i < kSize; ++i) y[i] = x(static_cast<Index>(i));
  for (std::size_t j = 0; j < kSize; ++j) {
    width += y[j] * y[j] / a[j][j];
    for (std::size_t i = j + 1; i < kSize; ++i) {
      const Quad l = a[i][j] / a[j][j];
      y[i] -= l * y[j];
      for (std::size_t k = j + 1; k <= i; ++k) a[i][k] -= l * a[k][j];
    }
  }
  return static_cast<double>(width);
}

TEST(CholeskyFactor, EqualsADirectFactorisationAfter500Updates) {
  constexpr Index n = 17;
  CholeskyFactor factor(n, 0.3);
  Matrix a = 0.3 * Matrix::Identity(n, n);
  Stream stream(3, Purpose::contexts);
  for (int i = 0; i < 500; ++i) {
    const Vector v = random_vector(stream, n);
    factor.add(v);
    a += v * v.transpose();
  }
  const Matrix l = direct::cholesky(a);
  const Matrix x = random_matrix(stream, n, 3);
  Matrix half = x, back = x, whole = x;
  factor.half_solve(half);
  factor.transposed_half_solve(back);
  factor.solve(whole);
  EXPECT_LT((half - direct::solve(l, x)).norm(), 1e-12 * half.norm());
  EXPECT_LT((back - direct::solve(l.transpose(), x)).norm(), 1e-12 * back.norm());
  EXPECT_LT((whole - direct::solve(a, x)).norm(), 1e-12 * whole.norm());
  const double log_det = direct::log_det(a) - static_cast<double>(n) * std::log(0.3);
  EXPECT_NEAR(factor.log_det(), log_det, 1e-11 * log_det);
}

TEST(CholeskyFactor, IsAssignedWhatUpdatesWouldMakeOfIt) {
  CholeskyFactor updated(7, 0.2), assigned(7, 0.2);
  Stream stream(5, Purpose::contexts);
  assigned.add(random_vector(stream, 7));
  const Matrix v = random_matrix(stream, 7, 30);
  for (const auto& column : v.colwise()) updated.add(column);
  assigned.assign(v);
  Matrix x = random_matrix(stream, 7, 7), y = x;
  updated.half_solve(x);
  assigned.half_solve(y);
  EXPECT_LT((x - y).norm(), 1e-13 * x.norm());
  EXPECT_NEAR(assigned.log_det(), updated.log_det(), 1e-12 * updated.log_det());
}

// Updates of sizes 1e-3 to 1e5 at lambda = 1e-3, against a direct factorisation. That loses tr(A) /
// lambda times its eps, up to 1e-6 in 64 bits of mantissa, and so is made in 113.
TEST(CholeskyFactor, StaysExactOverManyOrdersOfMagnitude) {
  CholeskyFactor factor(kSize, 1e-3);
  Quads a{};
  for (std::size_t i = 0; i < kSize; ++i) a[i][i] = 1e-3;
  Stream stream(4, Purpose::contexts);
  for (int t = 0; t < 300; ++t) {
    const Vector v = std::pow(10.0, 8.0 * stream.uniform() - 3.0) * random_vector(stream, kSize);
    factor.add(v);
    for (std::size_t i = 0; i < kSize; ++i) {
      for (std::size_t j = 0; j < kSize; ++j) {
        a[i][j] += Quad{v(static_cast<Index>(i))} * v(static_cast<Index>(j));
      }
    }
    Matrix x = random_vector(stream, kSize);
    const double width = squared_width(a, x.col(0));
    factor.half_solve(x);
    ASSERT_NEAR(x.squaredNorm(), width, 1e-13 * width) << "update " << t;
  }
}

TEST(CholeskyFactor, RefusesWhatIsBeyondThePrecisionOfDoubles) {
  CholeskyFactor factor(2, 1e-6);
  const auto message = test::message_of<RunError>([&] { factor.add(Vector::Constant(2, 1e5)); });
  EXPECT_THAT(message, ::testing::HasSubstr("times lambda, beyond the precision of doubles"));
  EXPECT_THAT(message, ::testing::HasSubstr("normalise the features or raise lambda"));
  CholeskyFactor other(2, 1.0);
  EXPECT_THROW(other.add(Vector::Constant(2, 1e200)), RunError);
}

}  // namespace
}  // namespace cbsim
