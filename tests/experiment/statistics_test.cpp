#include "cbsim/experiment/statistics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace cbsim {
namespace {

using Values = std::vector<double>;

TEST(StudentT, HasItsTabulatedAndClosedFormQuantiles) {
  EXPECT_NEAR(student_t_quantile(0.975, 1), std::tan(0.475 * std::acos(-1.0)), 1e-12);
  EXPECT_NEAR(student_t_quantile(0.975, 2), 0.95 * std::sqrt(2.0 / (1.0 - 0.95 * 0.95)), 1e-13);
  EXPECT_NEAR(student_t_quantile(0.975, 9), 2.262157163, 1e-9);
  EXPECT_NEAR(student_t_quantile(0.975, 39), 2.022690920, 1e-9);
  EXPECT_NEAR(student_t_quantile(0.975, 1e9), 1.959963985, 1e-8);
}

TEST(EstimateOf, FourValuesIsComputedByHand) {
  const Estimate result = estimate(Values{4, 1, 3, 2});  // sd² = 5/3
  EXPECT_EQ(result.n, 4u);
  EXPECT_DOUBLE_EQ(*result.mean, 2.5);
  EXPECT_DOUBLE_EQ(*result.standard_error, std::sqrt(5.0 / 12.0));
  EXPECT_NEAR(*result.low, 2.5 - 3.182446305 * std::sqrt(5.0 / 12.0), 1e-9);
  EXPECT_NEAR(*result.high, 2.5 + 3.182446305 * std::sqrt(5.0 / 12.0), 1e-9);
}

TEST(EstimateOf, OneValueHasNoError) {
  const Estimate result = estimate(Values{7});
  EXPECT_EQ(result.n, 1u);
  EXPECT_EQ(result.mean, 7.0);
  EXPECT_FALSE(result.standard_error || result.low || result.high);
}

TEST(EstimateOf, NothingIsNothing) {
  const Estimate result = estimate(Values{});
  EXPECT_EQ(result.n, 0u);
  EXPECT_FALSE(result.mean || result.standard_error || result.low || result.high);
}

TEST(EstimateOf, EqualValuesHasNoWidth) {
  const Estimate result = estimate(Values{0.25, 0.25, 0.25});
  EXPECT_EQ(result.standard_error, 0.0);
  EXPECT_EQ(result.low, 0.25);
  EXPECT_EQ(result.high, 0.25);
}

TEST(Median, IsTheMiddle) {
  EXPECT_EQ(median(Values{}), std::nullopt);
  EXPECT_EQ(median(Values{3}), 3.0);
  EXPECT_EQ(median(Values{9, 1, 2}), 2.0);
  EXPECT_EQ(median(Values{9, 1, 2, 4}), 3.0);
}

}  // namespace
}  // namespace cbsim
