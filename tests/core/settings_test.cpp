#include "cbsim/core/settings.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace cbsim {
namespace {

TEST(Range, TextReadsAsTheRule) {
  EXPECT_EQ(any().text(), "any");
  EXPECT_EQ(at_least(0).text(), ">= 0");
  EXPECT_EQ(at_least(0.5).text(), ">= 0.5");
  EXPECT_EQ(above(0).text(), "> 0");
  EXPECT_EQ(between(0, 1).text(), "in [0, 1]");
  EXPECT_EQ(strictly_between(0, 1).text(), "in (0, 1)");
  EXPECT_EQ((Range{.low = 0, .high = 1, .low_open = true}).text(), "in (0, 1]");
  EXPECT_EQ((Range{.high = 3}).text(), "<= 3");
  EXPECT_EQ((Range{.high = 3, .high_open = true}).text(), "< 3");
  EXPECT_EQ(at_least(-2.25).text(), ">= -2.25");
}

TEST(Range, ContainsWhatItsTextSays) {
  EXPECT_TRUE(at_least(0).contains(0));
  EXPECT_FALSE(at_least(0).contains(-1e-300));
  EXPECT_FALSE(above(0).contains(0));
  EXPECT_TRUE(above(0).contains(1e-300));
  EXPECT_TRUE(between(0, 1).contains(0));
  EXPECT_TRUE(between(0, 1).contains(1));
  EXPECT_FALSE(between(0, 1).contains(1.0000001));
  EXPECT_FALSE(strictly_between(0, 1).contains(0));
  EXPECT_FALSE(strictly_between(0, 1).contains(1));
  EXPECT_TRUE(strictly_between(0, 1).contains(0.5));
}

TEST(Range, NeverContainsNaN) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(any().contains(nan));
  EXPECT_FALSE(at_least(0).contains(nan));
  EXPECT_FALSE(between(0, 1).contains(nan));
}

TEST(Setting, ChoiceReadsAndWritesItsEnum) {
  enum class Colour { red, green, blue };
  Colour colour = Colour::green;
  const Setting setting = choice("colour", &colour, {"red", "green", "blue"}, {"a colour"});
  ASSERT_EQ(setting.alternatives.size(), 3U);
  EXPECT_EQ(setting.current(), 1U);
  setting.choose(2);
  EXPECT_EQ(colour, Colour::blue);
  EXPECT_EQ(std::get<WordSlot>(setting.alternatives[setting.current()]).word, "blue");
}

TEST(Setting, SingleFormIsTheCurrentOne) {
  double value = 1.5;
  const Setting setting = required(real("x", &value, above(0), {"a number", "x"}));
  EXPECT_EQ(setting.current(), 0U);
  EXPECT_TRUE(setting.required);
  EXPECT_EQ(std::get<RealSlot>(setting.alternatives[0]).value, &value);
}

}  // namespace
}  // namespace cbsim
