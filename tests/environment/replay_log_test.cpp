#include "cbsim/environment/replay_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cbsim/core/error.hpp"
#include "support/configure.hpp"
#include "support/mutations.hpp"

namespace cbsim {
namespace {

ReplayLog read(std::string_view content, std::optional<Index> arms = {}) {
  return read_replay_log("f.csv", content, Delimiter::comma, arms);
}

std::string error_of(std::string_view content, std::optional<Index> arms = {}) {
  return test::message_of<InputError>([&] { read(content, arms); });
}

TEST(ReplayLog, ReadsColumnsInAnyOrder) {
  const ReplayLog log = read(
      "reward,x2,propensity,arm,x1\n"
      "0.5,2,0.25,1,1\n"
      "-1,4,0.5,3,3\n");
  EXPECT_EQ(log.rounds(), 2);
  EXPECT_EQ(log.dim(), 2);
  EXPECT_EQ(log.arms, 4);
  EXPECT_EQ(log.contexts, (Matrix(2, 2) << 1, 3, 2, 4).finished());
  EXPECT_THAT(log.arm, testing::ElementsAre(1, 3));
  EXPECT_EQ(log.rewards, Eigen::Vector2d(0.5, -1));
  EXPECT_EQ(log.propensities, Eigen::Vector2d(0.25, 0.5));
  EXPECT_EQ(log.least_propensity, 0.25);
}

TEST(ReplayLog, MayLackPropensitiesAndHaveMoreArmsThanAreLogged) {
  const ReplayLog log = read("x1,arm,reward\n1,1,0\n", 7);
  EXPECT_EQ(log.propensities.size(), 0);
  EXPECT_EQ(log.arms, 7);
}

TEST(ReplayLog, SaysWhereAFileIsWrong) {
  const std::string head = "x1,arm,reward\n";
  const std::string columns = "x1, x2, ..., arm, reward, and if known propensity";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "f.csv: the file is empty"},
      {head, "f.csv: a header but no rows"},
      {"x1,arm\n1,0\n", "f.csv:1: the column 'reward' is missing; expected " + columns},
      {"arm,reward\n",
       "f.csv:1: the column 'x1' is missing; expected " + columns + ", contexts without a gap"},
      {"x1,x3,arm,reward\n",
       "f.csv:1: the column 'x2' is missing; expected " + columns + ", contexts without a gap"},
      {"x1,arm,reward,t\n",
       "f.csv:1: the column 't' is none of " + columns + "; remove or rename it"},
      {"x1,x01,arm,reward\n",
       "f.csv:1: the column 'x01' is none of " + columns + "; remove or rename it"},
      {"x1,arm,arm,reward\n", "f.csv:1: two columns are named 'arm'"},
      {"x1,x1,arm,reward\n", "f.csv:1: two columns are named 'x1'"},
      {head + "1,0\n", "f.csv:2: 2 fields, but the header has 3"},
      {head + "1,0,1\n1,0,oops\n",
       "f.csv:3: column 'reward': 'oops' is not a finite number of at most 1e150 in magnitude"},
      {head + "1,-1,1\n", "f.csv:2: column 'arm': '-1' is not a count (0, 1, 2, ...)"},
      {head + "1,0.5,1\n", "f.csv:2: column 'arm': '0.5' is not a count (0, 1, 2, ...)"},
      {head + "1,1000000,1\n",
       "f.csv:2: column 'arm': '1000000' is beyond 1000000 arms; arms are 0, 1, 2, ..."},
      {"x1,arm,reward,propensity\n1,0,1,0\n",
       "f.csv:2: column 'propensity': '0' is not a probability in (0, 1]"},
      {"x1,arm,reward,propensity\n1,0,1,1\n1,0,1,1.01\n",
       "f.csv:3: column 'propensity': '1.01' is not a probability in (0, 1]"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(error_of(text), message) << "in:\n" << text;
  EXPECT_EQ(error_of(head + "1,1,1\n1,2,1\n", 2),
            "f.csv:3: column 'arm': '2' is beyond the 2 arms of the setting \"arms\", which count "
            "from 0");
}

TEST(ReplayLog, SurvivesEveryPrefixAndEverySingleByteChange) {
  const std::string text = "x1,arm,reward,propensity\n1,0,1,0.5\n-2,1,0,0.5\n";
  const auto parse = [](const std::string& content) {
    try {
      const ReplayLog log = read(content);
      ASSERT_TRUE(log.contexts.allFinite() && log.rewards.allFinite());
      ASSERT_GT(log.least_propensity, 0.0);
      for (const Index arm : log.arm) ASSERT_LT(arm, log.arms);
    } catch (const InputError& error) {
      ASSERT_THAT(error.what(), testing::StartsWith("f.csv:"));
    }
  };
  test::for_each_mutation(text, parse);
}

TEST(ReplayLog, OfManyColumnsIsReadInTimeLinearInThem) {
  std::string header = "arm,reward", row = "0,1";
  for (int i = 1; i <= 300000; ++i) {
    header += ",x" + std::to_string(i);
    row += ",0";
  }
  EXPECT_EQ(read(header + '\n' + row + '\n').dim(), 300000);
}

}  // namespace
}  // namespace cbsim
