#include "cbsim/experiment/amounts.hpp"

#include <gtest/gtest.h>

namespace cbsim {
namespace {

TEST(Amounts, HaveThreeDigitsAndAUnit) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(480e6), "480 MB");
  EXPECT_EQ(bytes_text(999.7e6), "1.00 GB");
  EXPECT_EQ(bytes_text(4.9187e12), "4.92 TB");
  EXPECT_EQ(operations_text(3.2e12), "3.20 TFLOP");
  EXPECT_EQ(operations_text(47.25e18), "47.2 EFLOP");
}

TEST(Amounts, AreTimesInTheUnitsOfAWatch) {
  EXPECT_EQ(duration_text(0.021), "0.02 s");
  EXPECT_EQ(duration_text(3.42), "3.4 s");
  EXPECT_EQ(duration_text(125), "2 min 05 s");
  EXPECT_EQ(duration_text(7800), "2 h 10 min");
  EXPECT_EQ(duration_text(1e6), "11 d 13 h");
}

}  // namespace
}  // namespace cbsim
