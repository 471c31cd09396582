#include "cbsim/environment/round_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cbsim/core/error.hpp"
#include "support/configure.hpp"
#include "support/mutations.hpp"

namespace cbsim {
namespace {

RoundTable read(std::string_view content, bool shared = false) {
  return read_round_table("f.csv", content, Delimiter::comma, shared);
}

std::string error_of(std::string_view content, bool shared = false) {
  return test::message_of<InputError>([&] { read(content, shared); });
}

TEST(RoundTable, ReadsRoundsWithArmsAndColumnsInAnyOrder) {
  const RoundTable table = read(
      "reward,x2,x1,arm,t,expected_reward\n"
      "0.1,2,1,0,1,0.5\n"
      "0.2,4,3,1,1,0.6\n"
      "0.4,8,7,1,2,0.8\n"
      "0.3,6,5,0,2,0.7\n");
  EXPECT_EQ(table.rounds, 2);
  EXPECT_EQ(table.arms, 2);
  EXPECT_EQ(table.dim, 2);
  Matrix contexts(2, 4), rewards(2, 2), expected(2, 2);
  contexts << 1, 3, 5, 7, 2, 4, 6, 8;
  rewards << 0.1, 0.3, 0.2, 0.4;
  expected << 0.5, 0.7, 0.6, 0.8;
  EXPECT_EQ(table.contexts, contexts);
  EXPECT_EQ(table.rewards, rewards);
  EXPECT_EQ(table.expected, expected);
}

TEST(RoundTable, ExpectedRewardsMayBeUnknown) {
  EXPECT_EQ(read("t,arm,x1,reward\n1,0,5,0.5\n").expected.size(), 0);
}

TEST(RoundTable, SharedContextsAreStoredOnce) {
  const std::string text = "t,arm,x1,x2,reward\n1,0,1,2,0\n1,1,1,2,1\n2,1,3,4,0\n2,0,3,4,1\n";
  Matrix contexts(2, 2);
  contexts << 1, 3, 2, 4;
  EXPECT_EQ(read(text, true).contexts, contexts);
  EXPECT_EQ(error_of("t,arm,x1,reward\n1,0,1,0\n1,1,1,1\n2,0,3,0\n2,1,4,1\n", true),
            "f.csv:5: arms 0 and 1 of round 2 have different contexts; encoding disjoint needs the "
            "same for all arms of a round, so use dense");
}

TEST(RoundTable, SaysWhereAFileIsWrong) {
  const std::string head = "t,arm,x1,reward\n";
  const std::string columns = "t, arm, x1, x2, ..., reward and expected_reward";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "f.csv: the file is empty"},
      {head, "f.csv:1: a header but no rows"},
      {"t,arm,x1\n1,0,1\n", "f.csv:1: the column 'reward' is missing; a table has " + columns +
                                " (the last may be absent)"},
      {"t,arm,reward\n1,0,1\n",
       "f.csv:1: the column 'x1' is missing; a table has " + columns + " (the last may be absent)"},
      {"t,arm,x1,x3,reward\n",
       "f.csv:1: the column 'x2' is missing; a table has " + columns + " (the last may be absent)"},
      {"t,arm,x1,Reward\n",
       "f.csv:1: the column 'Reward' is none of " + columns + "; remove or rename it"},
      {"t,arm,x01,reward\n",
       "f.csv:1: the column 'x01' is none of " + columns + "; remove or rename it"},
      {"t,arm,x1,x1,reward\n", "f.csv:1: two columns are named 'x1'"},
      {"t,t,x1,reward\n", "f.csv:1: two columns are named 't'"},
      {"t,arm,x99999999999,reward\n",
       "f.csv:1: the column 'x99999999999' is beyond the 4 columns of the file; contexts are x1, "
       "x2, ... without a gap"},
      {head + "1,0,1\n", "f.csv:2: 3 fields, but the header has 4"},
      {head + "1,0,a,1\n",
       "f.csv:2: column 'x1': 'a' is not a finite number of at most 1e150 in magnitude"},
      {head + "1,0,1,\n",
       "f.csv:2: column 'reward': '' is not a finite number of at most 1e150 in magnitude"},
      {head + "1,0,1,nan\n",
       "f.csv:2: column 'reward': 'nan' is not a finite number of at most 1e150 in magnitude"},
      {head + "1,-1,1,1\n", "f.csv:2: column 'arm': '-1' is not a count (0, 1, 2, ...)"},
      {head + "1,0.5,1,1\n", "f.csv:2: column 'arm': '0.5' is not a count (0, 1, 2, ...)"},
      {head + "0,0,1,1\n",
       "f.csv:2: column 't': round 0 after round 0; rounds are 1, 2, 3, ... in this order, without "
       "a gap"},
      {head + "1,0,1,1\n3,0,1,1\n",
       "f.csv:3: column 't': round 3 after round 1; rounds are 1, 2, 3, ... in this order, without "
       "a gap"},
      {head + "1,0,1,1\n2,0,1,1\n1,1,1,1\n",
       "f.csv:4: column 't': round 1 after round 2; rounds are 1, 2, 3, ... in this order, without "
       "a gap"},
      {head + "1,1,1,1\n1,2,1,1\n",
       "f.csv:3: column 'arm': arm 2, but round 1 must have the arms 0..1, each exactly once, as "
       "many as round 1"},
      {head + "1,0,1,1\n1,1,1,1\n2,0,1,1\n2,0,1,1\n",
       "f.csv:5: column 'arm': arm 0 again, but round 2 must have the arms 0..1, each exactly "
       "once, "
       "as many as round 1"},
      {head + "1,0,1,1\n1,1,1,1\n2,0,1,1\n3,0,1,1\n3,1,1,1\n",
       "f.csv:4: the round ends without arm 1, but round 2 must have the arms 0..1, each exactly "
       "once, as many as round 1"},
      {head + "1,0,1,1\n2,0,1,1\n2,1,1,1\n",
       "f.csv:4: column 'arm': arm 1, but round 2 must have the arms 0..0, each exactly once, as "
       "many as round 1"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(error_of(text), message) << "in:\n" << text;
}

TEST(RoundTable, SurvivesEveryPrefixAndEverySingleByteChange) {
  const std::string text = "t,arm,x1,reward\n1,0,1,1\n1,1,2,0\n2,1,3,1\n2,0,4,0\n";
  const auto parse = [](const std::string& content) {
    for (const bool shared : {true, false}) {
      try {
        const RoundTable table = read(content, shared);
        ASSERT_TRUE(table.contexts.allFinite());
        ASSERT_EQ(table.rewards.cols(), table.rounds);
      } catch (const InputError& error) {
        ASSERT_THAT(error.what(), testing::StartsWith("f.csv:"));
      }
    }
  };
  test::for_each_mutation(text, parse);
}

}  // namespace
}  // namespace cbsim
