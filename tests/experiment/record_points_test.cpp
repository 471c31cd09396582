#include "cbsim/experiment/record_points.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace cbsim {
namespace {

using ::testing::ElementsAre;

TEST(RecordPoints, LinearOnesAreEvenlySpaced) {
  EXPECT_THAT(record_points(9, 5, Spacing::linear), ElementsAre(1, 3, 5, 7, 9));
  EXPECT_THAT(record_points(10, 2, Spacing::linear), ElementsAre(1, 10));
}

TEST(RecordPoints, LogOnesAreEvenlySpacedInTheLogarithm) {
  EXPECT_THAT(record_points(10000, 5, Spacing::log), ElementsAre(1, 10, 100, 1000, 10000));
}

TEST(RecordPoints, AreAllRoundsWhereThereAreFewerThanPoints) {
  for (const Spacing spacing : {Spacing::linear, Spacing::log}) {
    EXPECT_THAT(record_points(4, 200, spacing), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(record_points(1, 200, spacing), ElementsAre(1));
  }
}

TEST(RecordPoints, AreDistinctAscendingAndAsManyAsAskedFor) {
  for (const Spacing spacing : {Spacing::linear, Spacing::log}) {
    for (Index horizon = 1; horizon <= 60; ++horizon) {
      for (Index points = 2; points <= 70; ++points) {
        const auto rounds = record_points(horizon, points, spacing);
        ASSERT_EQ(static_cast<Index>(rounds.size()), std::min(points, horizon));
        ASSERT_EQ(rounds.front(), 1);
        ASSERT_EQ(rounds.back(), horizon);
        for (std::size_t i = 1; i < rounds.size(); ++i) ASSERT_LT(rounds[i - 1], rounds[i]);
      }
    }
  }
}

TEST(RecordPoints, FollowTheGeometricLawOnceItsStepsExceedOne) {
  const auto rounds = record_points(100000, 200, Spacing::log);
  for (std::size_t i = 150; i < rounds.size(); ++i) {
    const double law = std::exp(std::log(100000.0) * static_cast<double>(i) / 199.0);
    EXPECT_NEAR(static_cast<double>(rounds[i]), law, 0.501);
  }
}

TEST(RecordPoints, OfAVeryLongRunDoNotOverflow) {
  const Index horizon = Index{1} << 53;
  const auto rounds = record_points(horizon, 100000, Spacing::linear);
  EXPECT_EQ(rounds.back(), horizon);
  EXPECT_NEAR(static_cast<double>(rounds[50000]) / static_cast<double>(horizon), 50000.0 / 99999.0,
              1e-12);
}

}  // namespace
}  // namespace cbsim
