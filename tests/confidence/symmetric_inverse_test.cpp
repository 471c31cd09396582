#include "cbsim/confidence/symmetric_inverse.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cbsim/core/error.hpp"
#include "support/direct.hpp"
#include "support/memory_archive.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_matrix;
using testing::random_vector;

TEST(SymmetricInverse, EqualsADirectInverseAfter500Updates) {
  const Index n = 40;
  Stream stream(1, Purpose::contexts);
  SymmetricInverse inverse(n, 0.3);
  Matrix z = 0.3 * Matrix::Identity(n, n);
  for (int i = 0; i < 500; ++i) {
    const Vector v = random_vector(stream, n);
    inverse.add(v);
    z += v * v.transpose();
  }
  const Matrix expected = direct::inverse(z);
  Matrix found(n, n);
  inverse.solve(Matrix::Identity(n, n), found);
  EXPECT_LT((found - expected).norm(), 1e-9 * expected.norm());
  const double log_det = direct::log_det(z) - static_cast<double>(n) * std::log(0.3);
  EXPECT_NEAR(inverse.log_det(), log_det, 1e-9 * log_det);
}

TEST(SymmetricInverse, StartsAtAGivenMatrix) {
  const Index n = 20;
  Stream stream(5, Purpose::contexts);
  const Matrix g = random_matrix(stream, n, 30);
  const Matrix z = 0.3 * Matrix::Identity(n, n) + g * g.transpose();
  SymmetricInverse one_by_one(n, 0.3);
  for (Index i = 0; i < 30; ++i) one_by_one.add(g.col(i));
  SymmetricInverse given(z.triangularView<Eigen::Upper>(), 0.3, one_by_one.log_det());
  const Vector v = random_vector(stream, n);
  given.add(v);
  one_by_one.add(v);
  EXPECT_NEAR(given.log_det(), one_by_one.log_det(), 1e-12 * given.log_det());
  Matrix found(n, n), expected(n, n);
  given.solve(Matrix::Identity(n, n), found);
  one_by_one.solve(Matrix::Identity(n, n), expected);
  EXPECT_LT((found - expected).norm(), 1e-11 * expected.norm());
  EXPECT_THROW(SymmetricInverse(-Matrix::Identity(3, 3), 1.0, 0.0), RunError);
}

TEST(SymmetricInverse, GoesOnFromASavedStateThroughItsChecks) {
  const Index n = 12;
  Stream stream(6, Purpose::contexts);
  SymmetricInverse whole(n, 0.3), restored(n, 0.3);
  for (int i = 0; i < 100; ++i) whole.add(random_vector(stream, n));
  std::string saved;
  test::MemoryArchive out(saved, false), in(saved, true);
  whole.state(out);
  restored.state(in);
  for (Index i = 0; i < 2 * SymmetricInverse::kCheckInterval; ++i) {
    const Vector v = random_vector(stream, n);
    whole.add(v);
    restored.add(v);
  }
  EXPECT_EQ(restored.log_det(), whole.log_det());
  EXPECT_EQ(restored.refactorisations(), whole.refactorisations());
  Matrix found(n, n), expected(n, n);
  restored.solve(Matrix::Identity(n, n), found);
  whole.solve(Matrix::Identity(n, n), expected);
  EXPECT_EQ(found, expected);
}

TEST(SymmetricInverse, SolvesOneAndManyRightHandSidesAlike) {
  Stream stream(2, Purpose::contexts);
  SymmetricInverse inverse(7, 1.0);
  for (int i = 0; i < 9; ++i) inverse.add(random_vector(stream, 7));
  const Matrix v = random_matrix(stream, 7, 3);
  Matrix together(7, 3), one(7, 1);
  inverse.solve(v, together);
  for (Index j = 0; j < 3; ++j) {
    inverse.solve(v.col(j), one);
    EXPECT_LT((one - together.col(j)).norm(), 1e-14 * one.norm());
  }
}

// lambda = 1e-11 with unit updates loses about 11 digits at once; the checks restore them.
TEST(SymmetricInverse, RefactorisesWhenItHasDrifted) {
  const Index n = 6;
  Stream stream(3, Purpose::contexts);
  SymmetricInverse inverse(n, 1e-11);
  Matrix z = 1e-11 * Matrix::Identity(n, n);
  Vector v(n);
  for (Index i = 0; i < SymmetricInverse::kCheckInterval; ++i) {
    v = random_vector(stream, n);
    inverse.add(v);
    z += v * v.transpose();
  }
  EXPECT_GE(inverse.refactorisations(), 1);
  Matrix found(n, n);
  inverse.solve(Matrix::Identity(n, n), found);
  const Matrix expected = direct::inverse(z);
  EXPECT_LT((found - expected).norm(), 1e-12 * expected.norm());
}

// The eigenvalues of Z come to lie between 1e-1 and 1e6: a direct inverse of the sum is the judge.
TEST(SymmetricInverse, StaysExactOver100000Updates) {
  const Index n = 12;
  for (const double lambda : {1e-8, 1e-2, 1.0}) {
    Stream stream(9, Purpose::contexts);
    SymmetricInverse inverse(n, lambda);
    Matrix z = lambda * Matrix::Identity(n, n);
    for (int i = 0; i < 100'000; ++i) {
      Vector v = random_vector(stream, n);
      for (Index j = 0; j < n; ++j) v(j) *= std::pow(10.0, 0.5 - static_cast<double>(j) / 3.0);
      inverse.add(v);
      z += v * v.transpose();
    }
    Matrix found(n, n);
    inverse.solve(Matrix::Identity(n, n), found);
    EXPECT_LT((found * z - Matrix::Identity(n, n)).norm(), 1e-8) << lambda;
    EXPECT_LT((found - direct::inverse(z)).norm(), 1e-10 * found.norm()) << lambda;
    const double log_det = direct::log_det(z) - static_cast<double>(n) * std::log(lambda);
    EXPECT_NEAR(inverse.log_det(), log_det, 1e-9 * log_det) << lambda;
  }
}

TEST(SymmetricInverse, DoesNotRefactoriseAWellConditionedMatrix) {
  Stream stream(4, Purpose::contexts);
  SymmetricInverse inverse(10, 1.0);
  for (int i = 0; i < 1000; ++i) inverse.add(random_vector(stream, 10));
  EXPECT_EQ(inverse.refactorisations(), 0);
}

TEST(SymmetricInverse, KeepsTheLogDeterminantOfALargeLambda) {
  SymmetricInverse inverse(3, 1e12);
  for (int i = 0; i < 10; ++i) inverse.add(Vector::Ones(3));
  // det(Z / lambda I) = 1 + 30 / lambda
  EXPECT_NEAR(inverse.log_det(), std::log1p(30 / 1e12), 1e-12 * 30 / 1e12);
}

TEST(SymmetricInverse, RefusesContextsTooLargeForItsPrecision) {
  SymmetricInverse inverse(3, 1.0);
  EXPECT_THROW(inverse.add(Vector::Constant(3, 1e8)), RunError);
}

TEST(SymmetricInverse, RefusesAnUpdateThatIsNotFinite) {
  SymmetricInverse inverse(2, 1.0);
  EXPECT_THROW(inverse.add(Vector::Constant(2, 1e200)), RunError);
}

}  // namespace
}  // namespace cbsim
