#include "cbsim/experiment/summary_table.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "cbsim/core/error.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const std::string kHeader =
    "experiment,environment,policy,environment,horizon,policies.A.gamma,seed,horizon,cum_regret,"
    "cum_reward,optimal_rate,status,key\n";
const std::string kKey = "0123456789abcdef0123456789abcdef";
const std::string kRow = "e,linear,\"A, 1\",linear,50,0.1,3,50,1.5,-2,0.25,done," + kKey + "\n";

class SummaryTableTest : public ::testing::Test {
 protected:
  SummaryTable read(const std::string& text) const {
    const auto path = folder_.path() / "summary.csv";
    std::ofstream(path, std::ios::binary) << text;
    return read_summary(path);
  }
  void expect_refused(const std::string& text, const std::string& message) const {
    EXPECT_THAT([&] { read(text); }, ThrowsMessage<InputError>(HasSubstr(message))) << text;
  }
  /// kRow with one field changed.
  static std::string with(const std::string& field, const std::string& other) {
    std::string row = kRow;
    const auto at = row.rfind(',' + field + ',') + 1;
    return row.replace(at, field.size(), other);
  }

  TemporaryFolder folder_;
};

TEST_F(SummaryTableTest, ReadsWhatStandsThereAlsoSweptPathsNamedAsColumns) {
  const SummaryTable table = read(kHeader + kRow + "e,linear,B,linear,50,,3,50,,,,failed," + kKey);
  EXPECT_THAT(table.swept_paths, ElementsAre("environment", "horizon", "policies.A.gamma"));
  ASSERT_EQ(table.rows.size(), 2u);
  const SummaryRow& row = table.rows[0];
  EXPECT_EQ(row.policy, "A, 1");
  EXPECT_THAT(row.swept_values, ElementsAre("linear", "50", "0.1"));
  EXPECT_EQ(row.seed, 3u);
  EXPECT_EQ(row.horizon, 50);
  EXPECT_TRUE(row.done);
  EXPECT_THAT(row.figures, ElementsAre(1.5, -2.0, 0.25));
  EXPECT_FALSE(table.rows[1].done);
  EXPECT_THAT(table.rows[1].figures, ElementsAre(std::nullopt, std::nullopt, std::nullopt));
}

TEST_F(SummaryTableTest, ReadsAnUnknownRegretAsAbsent) {
  const SummaryTable table = read(kHeader + with("1.5", ""));
  EXPECT_EQ(table.rows[0].figures[0], std::nullopt);
}

TEST_F(SummaryTableTest, RefusesATornLine) {
  for (std::size_t size = 1; size + 1 < kRow.size(); ++size) {
    EXPECT_THROW(read(kHeader + kRow + kRow.substr(0, size)), InputError) << kRow.substr(0, size);
  }
  expect_refused(kHeader + kRow + "e,linear\n", "summary.csv:3: 2 fields, but the header has 13");
}

TEST_F(SummaryTableTest, RefusesTextWhereANumberBelongs) {
  expect_refused(kHeader + with("1.5", "about 2"),
                 "summary.csv:2: column 'cum_regret': 'about 2'; expected a number");
  expect_refused(kHeader + with("-2", "nan"), "column 'cum_reward': 'nan'");
  expect_refused(kHeader + with("-2", ""), "column 'cum_reward': ''");
  expect_refused(kHeader + with("3", "3.5"), "column 'seed': '3.5'");
  expect_refused(kHeader + with("3", "-1"), "column 'seed': '-1'");
  expect_refused(kHeader + with("done", "fine"),
                 "column 'status': 'fine'; expected done or failed");
}

TEST_F(SummaryTableTest, RefusesAnotherTable) {
  expect_refused("", "not the header of a summary.csv");
  expect_refused("x,y\n1,2\n", "summary.csv:1: not the header of a summary.csv");
  expect_refused(kHeader, "no rows below the header");
  expect_refused(std::string("\0\1", 2), "NUL byte");
}

TEST_F(SummaryTableTest, HasNoControlCharacters) {
  std::string row = kRow;
  row.replace(row.find("A, 1"), 4, "A\x1b\n1");
  EXPECT_EQ(read(kHeader + row).rows[0].policy, "A  1");
}

}  // namespace
}  // namespace cbsim
