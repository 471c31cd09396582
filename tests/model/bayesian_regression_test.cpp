#include "cbsim/model/bayesian_regression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "support/direct.hpp"
#include "support/memory_archive.hpp"
#include "support/random.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace {

using testing::random_matrix;
using testing::random_vector;

TEST(BayesianRegression, HasThePosteriorOfADirectSolve) {
  Stream stream(1, Purpose::contexts);
  const NormalInverseGammaPrior prior{.precision = 0.4, .shape = 3.0, .rate = 2.0};
  const Matrix z = random_matrix(stream, 5, 12);
  const Vector r = random_vector(stream, 12);
  BayesianRegression regression(5, prior);
  EXPECT_EQ(regression.mean(), Vector::Zero(5));
  for (Index i = 0; i < 12; ++i) regression.add(z.col(i), r(i));

  const Matrix precision = 0.4 * Matrix::Identity(5, 5) + z * z.transpose();
  const Vector mean = direct::inverse(precision) * z * r;
  EXPECT_LE((regression.mean() - mean).norm(), 1e-13);
  EXPECT_EQ(regression.shape(), 3.0 + 6.0);
  // The same quantity as a sum of squares at the mean.
  const double squares = (r - z.transpose() * mean).squaredNorm() + 0.4 * mean.squaredNorm();
  EXPECT_NEAR(regression.rate(), 2.0 + 0.5 * squares, 1e-12);
  const Vector x = random_vector(stream, 5);
  EXPECT_NEAR(regression.width(x),
              std::sqrt(regression.rate() / 9.0 * x.dot(direct::inverse(precision) * x)), 1e-13);
}

// Its noise is of a gamma distribution of a shape that grows with the count.
TEST(BayesianRegression, RefusesToRestoreACountThatIsNone) {
  std::string text;
  test::MemoryArchive saving(text, false);
  BayesianRegression regression(3, {});
  regression.add(Vector::Ones(3), 1.0);
  regression.state(saving);
  // Added to, the largest number becomes the least.
  for (const Index count : {Index{-1'000'000'000'000}, std::numeric_limits<Index>::max()}) {
    std::memcpy(text.data() + text.size() - sizeof count, &count, sizeof count);  // saved last
    test::MemoryArchive restoring(text, true);
    EXPECT_THROW(regression.state(restoring), BadState) << count;
  }
}

TEST(BayesianRegression, TakesAllAtOnceAsOneByOne) {
  Stream stream(2, Purpose::contexts);
  const Matrix z = random_matrix(stream, 4, 9);
  const Vector r = random_vector(stream, 9);
  BayesianRegression one_by_one(4, {}), at_once(4, {});
  for (Index i = 0; i < 9; ++i) one_by_one.add(z.col(i), r(i));
  at_once.add(random_vector(stream, 4), 7.0);  // to be forgotten
  at_once.set(z, r);
  EXPECT_LE((at_once.mean() - one_by_one.mean()).norm(), 1e-13);
  EXPECT_EQ(at_once.shape(), one_by_one.shape());
  EXPECT_NEAR(at_once.rate(), one_by_one.rate(), 1e-12);
  const Vector x = random_vector(stream, 4);
  EXPECT_NEAR(at_once.width(x), one_by_one.width(x), 1e-13);
  at_once.set(Matrix(4, 0), Vector());
  EXPECT_EQ(at_once.mean(), Vector::Zero(4));
  EXPECT_EQ(at_once.rate(), NormalInverseGammaPrior().rate);
}

/// Student's law with 4 degrees of freedom.
double student_4_cdf(double t) {
  const double u = 1.0 + t * t / 4.0;
  return 0.5 + 3.0 / 8.0 * t / std::sqrt(u) * (1.0 - t * t / (12.0 * u));
}

// z^T beta, the noise variance integrated out, is Student's with 2 a degrees of freedom.
TEST(BayesianRegression, SamplesItsPosterior) {
  constexpr std::size_t kDraws = 20000;
  Stream stream(3, Purpose::contexts);
  BayesianRegression regression(3, {.precision = 0.5, .shape = 1.0, .rate = 0.7});
  for (int i = 0; i < 2; ++i) regression.add(random_vector(stream, 3), stream.normal());
  ASSERT_EQ(regression.shape(), 2.0);
  const double scale = 0.6;
  for (int direction = 0; direction < 3; ++direction) {
    const Vector z = random_vector(stream, 3);
    std::vector<double> draws(kDraws);
    Vector beta;
    for (double& draw : draws) {
      regression.sample(scale, stream, beta);
      draw = z.dot(beta - regression.mean()) / (scale * regression.width(z));
    }
    EXPECT_LT(test::kolmogorov_statistic(draws, student_4_cdf), test::kKolmogorovBound);
  }
}

}  // namespace
}  // namespace cbsim
