#include "cbsim/experiment/problems.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

constexpr std::array<std::string_view, 4> kNames{"gamma", "lambda", "width", "learning_rate"};

TEST(Nearest, FindsSmallSlips) {
  EXPECT_EQ(nearest("gama", kNames), "gamma");
  EXPECT_EQ(nearest("Lambda", kNames), "lambda");
  EXPECT_EQ(nearest("wdith", kNames), "width");
  EXPECT_EQ(nearest("learningrate", kNames), "learning_rate");
  EXPECT_EQ(nearest("learn", kNames), "learning_rate");
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("horizon", kNames), "");
  EXPECT_EQ(nearest(std::string(1000000, 'a'), kNames), "");
}

// Comparing all of it would take hours.
TEST(Nearest, GivesUpOnVeryLongAndVeryManyCandidates) {
  const std::string long_one(50'000'000, 'g');
  const std::vector<std::string_view> long_ones(1000, long_one);
  EXPECT_EQ(nearest("gamma", long_ones), "");
  const std::vector<std::string_view> many(10'000'000, "lambda");
  const std::string name(100, 'x');
  for (int i = 0; i < 20; ++i) ASSERT_EQ(nearest(name, many), "");
}

TEST(Problems, AreReportedOnceFromTopToBottom) {
  const auto source = std::make_shared<const std::string>("f");
  Problems problems;
  problems.add({source, 3, 1}, "/b", "second");
  problems.add({source, 2, 9}, "/a", "first");
  problems.add({source, 3, 1}, "/b", "second");
  try {
    problems.raise();
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "f:2:9: /a: first\nf:3:1: /b: second");
  }
}

TEST(Problems, AreIoErrorsOnlyIfNothingElseIsWrong) {
  Problems problems;
  problems.add({{}, "/path", "cannot read x", true});
  EXPECT_THROW(problems.raise(), IoError);
  problems.add({}, "/a", "wrong");
  EXPECT_THROW(problems.raise(), InputError);
}

TEST(Problems, OfAGridNameTheFirstPointUnlessAllShareThem) {
  std::array<Problems, 3> points;
  for (auto& point : points) point.add({}, "/a", "everywhere");
  points[1].add({}, "/b", "twice");
  points[2].add({}, "/b", "twice");
  Problems problems;
  problems.add_grid(points, std::vector<std::string>{"x=0", "x=1", "x=2"});
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems.list()[0].message, "everywhere");
  EXPECT_EQ(problems.list()[1].message, "twice (with x=1)");
}

TEST(Problems, PointersEscapeWhatJsonPointersMust) {
  EXPECT_EQ(child_pointer("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(child_pointer("", "x\x1b[31m"), "/x\\u001b[31m");
}

TEST(Problems, OfVeryManyTheFirstAreKeptAndTheOthersCounted) {
  Problems problems;
  for (int i = 0; i < 5000; ++i) problems.add({nullptr, 1, 1}, "/" + std::to_string(i), "wrong");
  EXPECT_EQ(problems.size(), 5000U);
  EXPECT_EQ(problems.list().size(), 1000U);
  try {
    problems.raise();
    FAIL();
  } catch (const InputError& error) {
    EXPECT_TRUE(std::string(error.what()).ends_with("\n... and 4000 errors more"));
  }
}

// They would steer the terminal: the name of a file may have any character but NUL.
TEST(Problems, HaveNoControlCharacters) {
  const Problem problem{{}, "/path", "cannot read \x1b[31mé\n.csv", false};
  EXPECT_EQ(problem.text(), ": /path: cannot read  [31mé .csv");
}

}  // namespace
}  // namespace cbsim
