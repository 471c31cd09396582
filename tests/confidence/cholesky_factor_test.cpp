#include "cbsim/confidence/cholesky_factor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>
#include <cmath>

#include "cbsim/core/error.hpp"
#include "support/configure.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_matrix;
using testing::random_vector;
using FiftyDigits = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>,
                                                  boost::multiprecision::et_off>;
using Precise = Eigen::Matrix<FiftyDigits, Eigen::Dynamic, Eigen::Dynamic>;

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
  const Eigen::LLT<Matrix> direct(a);
  const Matrix x = random_matrix(stream, n, 3);
  Matrix half = x, back = x, whole = x;
  factor.half_solve(half);
  factor.transposed_half_solve(back);
  factor.solve(whole);
  EXPECT_LT((half - Matrix(direct.matrixL().solve(x))).norm(), 1e-12 * half.norm());
  EXPECT_LT((back - Matrix(direct.matrixU().solve(x))).norm(), 1e-12 * back.norm());
  EXPECT_LT((whole - Eigen::PartialPivLU<Matrix>(a).solve(x)).norm(), 1e-12 * whole.norm());
  const double log_det = std::log(a.determinant()) - static_cast<double>(n) * std::log(0.3);
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

// Updates of sizes 1e-3 to 1e5 at lambda = 1e-3, against the same in 50 digits. (The
// direct factorisation loses tr(A) / lambda times its eps, which in 64 bits would be 1e-6.)
TEST(CholeskyFactor, StaysExactOverManyOrdersOfMagnitude) {
  constexpr Index n = 6;
  CholeskyFactor factor(n, 1e-3);
  Precise a = FiftyDigits(1e-3) * Precise::Identity(n, n);
  Stream stream(4, Purpose::contexts);
  for (int i = 0; i < 300; ++i) {
    const Vector v = std::pow(10.0, 8.0 * stream.uniform() - 3.0) * random_vector(stream, n);
    factor.add(v);
    const Precise wide = v.cast<FiftyDigits>();
    a += wide * wide.transpose();
    Matrix x = random_vector(stream, n);
    const Precise wide_x = x.cast<FiftyDigits>();
    const Precise solved = Eigen::LLT<Precise>(a).solve(wide_x);
    const auto width = static_cast<double>(wide_x.col(0).dot(solved.col(0)));
    factor.half_solve(x);
    ASSERT_NEAR(x.squaredNorm(), width, 1e-13 * width) << "update " << i;
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
