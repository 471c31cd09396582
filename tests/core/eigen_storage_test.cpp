#include "cbsim/core/eigen_storage.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <new>

#include "cbsim/core/types.hpp"

namespace cbsim {
namespace {

constexpr Index kTooMany = Index{1} << 28;

// Under AddressSanitizer, or glibc's own checks, a second `free` of the old content ends the test.
template <class T>
void expect_empty_after_refusal(T values, Index rows, Index cols) {
  values.setOnes();
  EXPECT_THROW(values.resize(rows, cols), std::bad_alloc);
  EXPECT_EQ(values.data(), nullptr);
}

TEST(EigenStorage, HoldsNothingWhereItsNewSizeIsRefused) {
  expect_empty_after_refusal(Matrix(3, 3), kTooMany, kTooMany);
  expect_empty_after_refusal(Vector(3), kTooMany * kTooMany, 1);
  expect_empty_after_refusal(Eigen::MatrixXf(3, 3), kTooMany, kTooMany);
  expect_empty_after_refusal(Eigen::VectorXf(3), kTooMany * kTooMany, 1);
}

TEST(EigenStorage, ResizesAsBefore) {
  Matrix matrix(2, 3);
  const double* before = matrix.data();
  matrix.resize(3, 2);
  EXPECT_EQ(matrix.data(), before);
  matrix.resize(4, 4);
  EXPECT_EQ(matrix.rows(), 4);
  matrix.resize(0, 5);
  EXPECT_EQ(matrix.cols(), 5);
  EXPECT_EQ(matrix.data(), nullptr);
  matrix = Matrix::Identity(2, 2);
  EXPECT_EQ(matrix.sum(), 2.0);
}

}  // namespace
}  // namespace cbsim
