#include "cbsim/experiment/csv.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <limits>

#include "cbsim/core/error.hpp"
#include "cbsim/core/rng.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(NumberText, IsTheShortestThatReadsBack) {
  EXPECT_EQ(number_text(0.1, "x"), "0.1");
  EXPECT_EQ(number_text(1.0, "x"), "1");
  EXPECT_EQ(number_text(-2.5, "x"), "-2.5");
  EXPECT_EQ(number_text(0.1 + 0.2, "x"), "0.30000000000000004");
}

TEST(NumberText, ReadsBackAsTheSameDouble) {
  Stream stream(7, Purpose::noise);
  for (int i = 0; i < 1000; ++i) {
    const double value = stream.normal() * std::pow(10.0, static_cast<double>(i % 300) - 150.0);
    EXPECT_EQ(std::strtod(number_text(value, "x").c_str(), nullptr), value);
  }
}

TEST(NumberText, OfANumberThatIsNotFiniteIsAnErrorNamingIt) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT([&] { number_text(infinity, "log_det"); },
              ThrowsMessage<RunError>("log_det is not finite (inf)"));
  EXPECT_THROW(number_text(-infinity, "x"), RunError);
  EXPECT_THROW(number_text(std::numeric_limits<double>::quiet_NaN(), "x"), RunError);
}

TEST(CsvField, IsQuotedOnlyWhereRfc4180AsksForIt) {
  EXPECT_EQ(csv_field("NeuralUCB γ=1"), "NeuralUCB γ=1");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field(""), "");
}

TEST(CsvWriter, WritesHeaderRowsAndEmptyFields) {
  const TemporaryFolder folder;
  const std::vector<std::string> columns = {"t", "a,b", "x", "y"};
  CsvWriter csv(folder.path() / "table.csv", columns);
  csv.integer(1).text("p,q").number(0.5).number(std::optional<double>());
  csv.end_row();
  csv.finish();
  EXPECT_EQ(read_file(folder.path() / "table.csv"), "t,\"a,b\",x,y\n1,\"p,q\",0.5,\n");
}

TEST(CsvWriter, NamesTheColumnOfANumberThatIsNotFinite) {
  const TemporaryFolder folder;
  const std::vector<std::string> columns = {"t", "bonus"};
  CsvWriter csv(folder.path() / "table.csv", columns);
  csv.integer(1);
  EXPECT_THAT([&] { csv.number(std::numeric_limits<double>::quiet_NaN()); },
              ThrowsMessage<RunError>(HasSubstr("bonus")));
}

TEST(OutputFile, NamesTheFileThatCannotBeWritten) {
  EXPECT_THAT([] { OutputFile file("/nonexistent/folder/file"); },
              ThrowsMessage<IoError>(HasSubstr("/nonexistent/folder/file")));
  OutputFile full("/dev/full");
  full.write("something");
  EXPECT_THAT([&] { full.finish(); }, ThrowsMessage<IoError>(HasSubstr("No space left")));
}

TEST(OutputFile, KeepsMoreThanItsBuffer) {
  const TemporaryFolder folder;
  std::string expected;
  OutputFile file(folder.path() / "long");
  for (int i = 0; i < 50000; ++i) {
    const std::string line = std::to_string(i) + '\n';
    file.write(line);
    expected += line;
  }
  file.finish();
  EXPECT_EQ(file.size(), expected.size());
  EXPECT_EQ(read_file(folder.path() / "long"), expected);
}

}  // namespace
}  // namespace cbsim
