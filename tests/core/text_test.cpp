#include "cbsim/core/text.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace cbsim {
namespace {

TEST(Text, IsParsedAsANumberWhereAllOfItIsOne) {
  EXPECT_EQ(parsed<int>("17"), 17);
  EXPECT_EQ(parsed<double>("-2.5e3"), -2500.0);
  for (const char* text : {"", " 1", "1 ", "1x", "0x1", "+1", "99999999999"}) {
    EXPECT_EQ(parsed<int>(text), std::nullopt) << text;
  }
  EXPECT_EQ(parsed<std::uint64_t>("-1"), std::nullopt);
  EXPECT_EQ(parsed<double>("1e999"), std::nullopt);
}

TEST(Text, HasUtf8SequencesOfTheirLengths) {
  EXPECT_EQ(utf8_length("a"), 1u);
  EXPECT_EQ(utf8_length("\xCE\xB3x"), 2u);          // gamma
  EXPECT_EQ(utf8_length("\xE2\x88\x9Ax"), 3u);      // a root
  EXPECT_EQ(utf8_length("\xF0\x9F\x8E\xB0x"), 4u);  // a slot machine
  for (const char* text : {"\x80", "\xC1\x81", "\xCE", "\xCE(", "\xE0\x9F\xBF", "\xED\xA0\x80",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"}) {
    EXPECT_EQ(utf8_length(text), 0u) << text;
  }
}

TEST(Text, BecomesValidUtf8) {
  EXPECT_EQ(valid_utf8("a\xFF\xC3z\xC3\xA9"), "a\uFFFD\uFFFDz\u00E9");
  EXPECT_EQ(valid_utf8(""), "");
}

}  // namespace
}  // namespace cbsim
