#include "cbsim/core/argmax.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Index argmax_of(std::initializer_list<double> scores) {
  return argmax(Eigen::Map<const Vector>(scores.begin(), static_cast<Index>(scores.size())));
}

TEST(Argmax, FindsTheLargest) {
  EXPECT_EQ(argmax_of({1, 3, 2}), 1);
  EXPECT_EQ(argmax_of({3, 1, 2}), 0);
  EXPECT_EQ(argmax_of({1, 2, 3}), 2);
  EXPECT_EQ(argmax_of({5}), 0);
}

TEST(Argmax, LowestIndexWinsATie) {
  EXPECT_EQ(argmax_of({1, 2, 2}), 1);
  EXPECT_EQ(argmax_of({2, 1, 2}), 0);
  EXPECT_EQ(argmax_of({0.0, -0.0}), 0);
  EXPECT_EQ(argmax_of({-0.0, 0.0}), 0);
}

TEST(Argmax, AllEqualGivesTheFirst) {
  EXPECT_EQ(argmax_of({0, 0, 0}), 0);
  EXPECT_EQ(argmax_of({-7, -7, -7}), 0);
}

TEST(Argmax, AllNegativeGivesTheLeastNegative) {
  EXPECT_EQ(argmax_of({-3, -1, -2}), 1);
  const double huge = std::numeric_limits<double>::max();
  EXPECT_EQ(argmax_of({-huge, -huge / 2}), 1);
}

TEST(Argmax, NonFiniteScoreIsAnErrorThatNamesTheArm) {
  for (const double bad : {kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN()}) {
    for (Index arm = 0; arm < 3; ++arm) {
      Vector scores = Vector::Ones(3);
      scores(arm) = bad;
      try {
        argmax(scores);
        FAIL() << "no error for " << bad;
      } catch (const RunError& error) {
        EXPECT_EQ(error.what(), "the score of arm " + std::to_string(arm) + " is not finite");
      }
    }
  }
}

TEST(Argmax, TakesRoundingErrorsForTies) {
  const auto of = [](std::initializer_list<double> scores) {
    return argmax_but_for_rounding(
        Eigen::Map<const Vector>(scores.begin(), static_cast<Index>(scores.size())));
  };
  const double up = 1 + 4e-16;
  EXPECT_EQ(of({0.5, 1, up, up}), 1);
  EXPECT_EQ(of({-1, -up, -1}), 0);
  EXPECT_EQ(of({1, 1 + 2e-12}), 1);
  EXPECT_EQ(of({1e300, up * 1e300}), 0);
  EXPECT_EQ(of({-1e3, 1e-13, 1e-10}), 1);  // 1e-10 is a rounding error beside 1e3
  EXPECT_EQ(of({0, 1e-300}), 1);
  EXPECT_EQ(of({0, 0}), 0);
  EXPECT_EQ(of({7}), 0);
  const double huge = std::numeric_limits<double>::max();
  EXPECT_EQ(of({-huge, huge, huge}), 1);
  EXPECT_EQ(of({-huge, -huge}), 0);  // huge (1 + kTie) is infinite
  EXPECT_THROW(of({0, kInfinity}), RunError);
  EXPECT_THROW(argmax_but_for_rounding(Vector()), std::invalid_argument);
}

TEST(Argmax, NoScoresIsAnError) { EXPECT_THROW(argmax(Vector()), std::invalid_argument); }

}  // namespace
}  // namespace cbsim
