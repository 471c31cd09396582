#include "cbsim/environment/labelled_libsvm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/categories.hpp"
#include "environment/labelled.hpp"
#include "support/configure.hpp"
#include "support/mutations.hpp"

namespace cbsim {
namespace {

using test::row;
using testing::ElementsAre;

LabelledData read(std::string_view content) { return read_labelled_libsvm("f.svm", content); }

std::string error_of(std::string_view content) {
  return test::message_of<InputError>([&] { read(content); });
}

TEST(LabelledLibsvm, FillsWhatIsNotNamedWithZeros) {
  const LabelledData data = read("+1 1:0.5 3:-2e1\n-1 2:4\n1\n");
  EXPECT_EQ(data.rows(), 3);
  EXPECT_EQ(data.dim(), 3);
  EXPECT_THAT(data.classes, ElementsAre("-1", "1"));
  EXPECT_THAT(data.labels, ElementsAre(1, 0, 1));
  EXPECT_EQ(data.columns[2].name, "3");
  EXPECT_THAT(row(data, 0), ElementsAre(0.5, 0, -20));
  EXPECT_THAT(row(data, 1), ElementsAre(0, 4, 0));
  EXPECT_THAT(row(data, 2), ElementsAre(0, 0, 0));
}

TEST(LabelledLibsvm, TakesIndicesInAnyOrderCommentsBlankLinesAndCrlf) {
  const LabelledData data =
      read("\xEF\xBB\xBF# from somewhere\r\n\r\n2\t3:3 1:1   2:2 # a row\r\n10 1:7\n#\n3 2:1");
  EXPECT_THAT(data.classes, ElementsAre("2", "3", "10"));
  EXPECT_THAT(data.labels, ElementsAre(0, 2, 1));
  EXPECT_THAT(row(data, 0), ElementsAre(1, 2, 3));
  EXPECT_THAT(row(data, 2), ElementsAre(0, 1, 0));
}

TEST(LabelledLibsvm, TakesEqualNumbersForTheSameClass) {
  EXPECT_THAT(read("1 1:1\n+1.0 1:1\n1e0 1:1\n-0 1:1\n0 1:1\n").classes, ElementsAre("0", "1"));
}

TEST(LabelledLibsvm, IsRecognisedByItsFirstRows) {
  for (const std::string_view yes :
       {"1 1:2\n", "# c\n\n-1.5 1:2 7:-3e2 # x\n", "1\n2\n3 1:1\n", "1 qid:3 1:2\n", "nan 1:nan\n",
        "\xEF\xBB\xBF"
        "1 1:2\n",
        "1 1000000000000000000000:1\n"}) {
    EXPECT_TRUE(looks_like_libsvm(yes)) << yes;
  }
  for (const std::string_view no :
       {"", "\n", "1\n2\n", "1,2\n", "x y\n", "1 2 3\n", "1 1:2,2:3\n", "a 1:2\n", "1 1:b\n",
        "1 1:\n", "1 -1:2\n", "1 :2\n", "@relation x\n", "1 1:2:3\n"}) {
    EXPECT_FALSE(looks_like_libsvm(no)) << no;
  }
}

TEST(LabelledLibsvm, SaysWhereAFileIsWrongWhyAndWhatToDo) {
  using namespace std::string_literals;
  const std::string number = " is not a finite number of at most 1e150 in magnitude";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "f.svm: no row in the file"},
      {"# nothing\n\n", "f.svm: no row in the file"},
      {"1\n2\n", "f.svm: no row has a feature, index:value"},
      {"1 1:1\n1 1:2\n", "f.svm: every label is '1'; a bandit needs at least two classes"},
      {"1 1:1\n2 0:5\n", "f.svm:2: '0:5': indices count from 1; add 1 to all of the file"},
      {"1 1:1\n2 1000000000:5\n",
       "f.svm:2: '1000000000:5': the index is beyond 100000, the most coordinates that are read"},
      {"1 99999999999999999999999:5\n",
       "f.svm:1: '99999999999999999999999:5': the index is beyond 100000, the most coordinates "
       "that are read"},
      {"1 1:1\n2 3:1 2:1 3:1\n", "f.svm:2: the index 3 twice"},
      {"1 1:nan\n", "f.svm:1: '1:nan': 'nan'" + number},
      {"1 1:1e400\n", "f.svm:1: '1:1e400': '1e400'" + number},
      {"1 1:-inf\n", "f.svm:1: '1:-inf': '-inf'" + number},
      {"1 1:\n", "f.svm:1: '1:': ''" + number},
      {"1 1:2:3\n", "f.svm:1: '1:2:3': '2:3'" + number},
      {"1 x:1\n", "f.svm:1: 'x:1' is not index:value"},
      {"1 -1:1\n", "f.svm:1: '-1:1' is not index:value"},
      {"1 5\n", "f.svm:1: '5' is not index:value"},
      {"1 qid:2 1:1\n", "f.svm:1: qid, a query of a ranking problem, has no place in a bandit"},
      {"1,3 1:1\n", "f.svm:1: the label '1,3' names several classes; a row needs exactly one"},
      {"1:1 2:1\n", "f.svm:1: '1:1' where the label should be; a line is: label index:value ..."},
      {"cat 1:1\n", "f.svm:1: the label 'cat'" + number},
      {"inf 1:1\n", "f.svm:1: the label 'inf'" + number},
      {"1 1:1\n2 \0:1\n"s,
       "f.svm:2: a NUL byte, so this is not a text file; is it the right file?"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(error_of(text), message) << text;
}

TEST(LabelledLibsvm, RefusesMoreClassesThanThereCanBe) {
  std::string text;
  for (std::size_t i = 0; i <= kMostCategories; ++i) text += std::to_string(i) + ".5 1:1\n";
  EXPECT_EQ(error_of(text),
            "f.svm:1001: more than 1000 classes; labels must name classes, and these look like "
            "measurements");
}

TEST(LabelledLibsvm, RefusesFewBytesThatStandForManyNumbers) {
  std::string text = "1 100000:1\n";
  for (int i = 0; i < 1000; ++i) text += "2\n";
  EXPECT_EQ(error_of(text),
            "f.svm:672: 672 rows of 100000 coordinates are more than 67108864 numbers, the most "
            "that are held; take fewer rows or coordinates");
}

TEST(LabelledLibsvm, SurvivesEveryPrefixAndEverySingleByteChange) {
  const std::string text = "+1 1:2.5 3:1 # c\r\n\n-1 2:-3e1\n";
  const auto parse = [](const std::string& content) {
    looks_like_libsvm(content);
    test::expect_data_or_error([&] { return read(content); }, "f.svm:");
  };
  test::for_each_mutation(text, parse);
}

}  // namespace
}  // namespace cbsim
