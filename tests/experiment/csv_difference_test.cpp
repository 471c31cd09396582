#include "cbsim/experiment/csv_difference.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace cbsim {
namespace {

const std::string kTable = "t,mean\n1,0.5\n2,-4\n";

TEST(CsvDifference, IsAbsentForTheSameBytes) {
  EXPECT_FALSE(csv_difference(kTable, kTable));
  EXPECT_FALSE(csv_difference("", ""));
}

TEST(CsvDifference, IsRelativeToTheLargestNumberOfTheColumn) {
  const auto difference = csv_difference(kTable, "t,mean\n1,0.5001\n2,-4\n");
  ASSERT_TRUE(difference);
  EXPECT_NEAR(difference->size, 1e-4 / 4, 1e-15);
  EXPECT_EQ(difference->place, "row 1, mean: 0.5 and 0.5001");
}

TEST(CsvDifference, NamesTheWorstColumn) {
  const auto difference = csv_difference("a,b\n100,1\n50,1\n", "a,b\n101,1.5\n50,1\n");
  ASSERT_TRUE(difference);
  EXPECT_NEAR(difference->size, 1.0 / 3, 1e-15);
  EXPECT_EQ(difference->place, "row 1, b: 1 and 1.5");
}

TEST(CsvDifference, TakesTwoTextsOfOneNumberAsRounding) {
  const auto difference = csv_difference("a\n0\n", "a\n-0\n");
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->size, 0.0);
}

TEST(CsvDifference, IsInfiniteWhereAnythingElseDiffers) {
  for (const std::string other :
       {"t,means\n1,0.5\n2,-4\n", "t,mean\n1,0.5\n", "t,mean\n1,\n2,-4\n", "t,mean\n1,0.5\n2,x\n",
        "t,mean\n1,0.5,3\n2,-4\n", "t,mean\n1,0.5\n2,-4\n3,1\n", ""}) {
    const auto difference = csv_difference(kTable, other);
    ASSERT_TRUE(difference) << other;
    EXPECT_TRUE(std::isinf(difference->size)) << other;
    EXPECT_FALSE(difference->place.empty()) << other;
  }
}

TEST(CsvDifference, ReadsTablesWithoutAHeader) {
  const auto difference = csv_difference("1\n2\n", "1\n4\n");
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->size, 0.5);
  EXPECT_EQ(difference->place, "row 2: 2 and 4");
}

}  // namespace
}  // namespace cbsim
