#include "cbsim/environment/labelled_csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/categories.hpp"
#include "environment/labelled.hpp"
#include "support/configure.hpp"
#include "support/mutations.hpp"

namespace cbsim {
namespace {

using test::row;
using testing::ElementsAre;
using Configure = std::function<void(LabelledCsvOptions&)>;

LabelledData read(std::string_view content, const Configure& configure = {}) {
  LabelledCsvOptions options;
  if (configure) configure(options);
  return read_labelled_csv("f.csv", content, options);
}

std::string error_of(std::string_view content, const Configure& configure = {}) {
  return test::message_of<InputError>([&] { read(content, configure); });
}

void no_header(LabelledCsvOptions& options) { options.header = false; }

TEST(LabelledCsv, ReadsNumbersAndTheLabelInTheLastColumn) {
  const LabelledData data = read("u,v,class\n1,2.5,b\n-3,1e2,a\n");
  EXPECT_EQ(data.rows(), 2);
  EXPECT_EQ(data.dim(), 2);
  EXPECT_THAT(data.classes, ElementsAre("a", "b"));
  EXPECT_THAT(data.labels, ElementsAre(1, 0));
  EXPECT_EQ(data.columns[1].name, "v");
  EXPECT_THAT(row(data, 0), ElementsAre(1, 2.5));
  EXPECT_THAT(row(data, 1), ElementsAre(-3, 100));
}

TEST(LabelledCsv, FindsTheLabelByNameOrPosition) {
  const std::string text = "u,v,w\n1,2,3\n4,5,6\n";
  const auto second = [&](const std::variant<std::string, Index>& label) {
    return row(read(text, [&](auto& options) { options.label = label; }), 1);
  };
  EXPECT_THAT(second("u"), ElementsAre(5, 6));
  EXPECT_THAT(second(Index{0}), ElementsAre(5, 6));
  EXPECT_THAT(second(Index{-3}), ElementsAre(5, 6));
  EXPECT_THAT(second("-2"), ElementsAre(4, 6));
  EXPECT_THAT(second(Index{2}), ElementsAre(4, 5));
}

TEST(LabelledCsv, ReadsAFileWithoutHeader) {
  const LabelledData data = read("1,a\n2,b\n", no_header);
  EXPECT_EQ(data.rows(), 2);
  EXPECT_EQ(data.columns[0].name, "0");
}

TEST(LabelledCsv, OrdersClassesByNumberOrElseByByte) {
  EXPECT_THAT(read("x,y\n1,10\n1,9\n1,-1\n1,2\n").classes, ElementsAre("-1", "2", "9", "10"));
  EXPECT_THAT(read("x,y\n1,10\n1,9\n1,b\n1,B\n").classes, ElementsAre("10", "9", "B", "b"));
}

TEST(LabelledCsv, ColumnWithTextBecomesOneCoordinateACategory) {
  const LabelledData data = read("c,x,y\nred,1,0\nblue,2,1\n7,3,0\nred,4,1\n");
  EXPECT_EQ(data.dim(), 4);
  EXPECT_THAT(data.columns[0].categories, ElementsAre("7", "blue", "red"));
  EXPECT_THAT(row(data, 0), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(row(data, 1), ElementsAre(0, 1, 0, 2));
  EXPECT_THAT(row(data, 2), ElementsAre(1, 0, 0, 3));
  EXPECT_THAT(row(data, 3), ElementsAre(0, 0, 1, 4));
}

TEST(LabelledCsv, NamedColumnOfNumbersIsCategorical) {
  const LabelledData data =
      read("zip,x,y\n20,1,0\n3,2,1\n", [](auto& options) { options.categorical = {"zip"}; });
  EXPECT_THAT(data.columns[0].categories, ElementsAre("3", "20"));
  EXPECT_THAT(row(data, 0), ElementsAre(0, 1, 1));
}

TEST(LabelledCsv, MissingNumberBecomesTheMeanOfTheOthers) {
  const LabelledData data = read("x,y\n1,a\n?,b\n2,a\n,b\nNA,a\n6,b\n");
  EXPECT_THAT(row(data, 1), ElementsAre(3));
  EXPECT_THAT(row(data, 3), ElementsAre(3));
  EXPECT_THAT(row(data, 4), ElementsAre(3));
}

TEST(LabelledCsv, MissingCategoryIsACategoryOfItsOwn) {
  const LabelledData data = read("c,y\nv,a\n?,b\nu,a\nNA,b\n");
  EXPECT_THAT(data.columns[0].categories, ElementsAre("u", "v", "(missing)"));
  EXPECT_THAT(row(data, 0), ElementsAre(0, 1, 0));
  EXPECT_THAT(row(data, 1), ElementsAre(0, 0, 1));
  EXPECT_THAT(row(data, 2), ElementsAre(1, 0, 0));
  EXPECT_THAT(row(data, 3), ElementsAre(0, 0, 1));
}

TEST(LabelledCsv, MissingMarkersCanBeChosen) {
  const auto markers = [](auto& options) { options.missing = {"-999", "nan"}; };
  const LabelledData data = read("x,c,y\n1,?,a\n-999,q,b\nnan,q,a\n3,?,b\n", markers);
  EXPECT_THAT(row(data, 1), ElementsAre(2, 0, 1));
  EXPECT_THAT(row(data, 2), ElementsAre(2, 0, 1));
  EXPECT_THAT(data.columns[1].categories, ElementsAre("?", "q"));
}

TEST(LabelledCsv, LeavesIgnoredColumnsOut) {
  const LabelledData data = read("id,x,note,y\nr1,1,inf,a\nr2,2,\"b,c\",b\n", [](auto& options) {
    options.ignore = {"id", "2"};
  });
  EXPECT_EQ(data.dim(), 1);
  EXPECT_THAT(row(data, 1), ElementsAre(2));
}

TEST(LabelledCsv, ReadsCrlfQuotesAndOtherDelimiters) {
  const LabelledData data = read("\"x 1\";y\r\n\"1\";\"a;b\"\r\n2;c\r\n",
                                 [](auto& options) { options.delimiter = Delimiter::semicolon; });
  EXPECT_EQ(data.columns[0].name, "x 1");
  EXPECT_THAT(data.classes, ElementsAre("a;b", "c"));
  EXPECT_THAT(row(data, 0), ElementsAre(1));
}

TEST(LabelledCsv, AcceptsAHeaderThatCounts) { EXPECT_EQ(read("0,1\n5,a\n6,b\n").rows(), 2); }

struct Malformed {
  std::string text;
  std::string message;
  Configure configure = {};
};

TEST(LabelledCsv, SaysWhereAFileIsWrongWhyAndWhatToDo) {
  const std::vector<Malformed> cases{
      {"", "f.csv: the file is empty"},
      {"\n \n", "f.csv: the file is empty"},
      {"x,y\n", "f.csv:1: a header but no rows; if it is data, set \"header\" to false"},
      {"x;y\n1;a\n",
       "f.csv:1: only one column, 'x;y'; a label and a feature are needed, so check the setting "
       "\"delimiter\""},
      {"x,y\n1,a\n\n1,2,3\n",
       "f.csv:4: 3 fields, but 2 on line 1; every row needs the same number"},
      {"x,y\n1\n", "f.csv:2: 1 fields, but 2 on line 1; every row needs the same number"},
      {"1,2\n3,4\n",
       "f.csv:1: the header holds only numbers, from '1' on; if the file has no header, set "
       "\"header\" to false"},
      {"x,y\n1,a\n2,b\n",
       "f.csv:1: column '0' holds 'x' here and numbers below; if this line is a header, set "
       "\"header\" to true, else add the column to \"categorical\"",
       no_header},
      {"x,y\n1,a\n2,a\n",
       "f.csv: column 'y': every label is 'a'; a bandit needs at least two classes, so check the "
       "setting \"label\""},
      {"x,y\n1,a\n2,?\n",
       "f.csv:3: column 'y': the label is missing ('?'); remove the row, or change \"missing\""},
      {"x,y\n1,a\ninf,b\n",
       "f.csv:3: column 'x': 'inf' is not a finite number of at most 1e150 in magnitude; correct "
       "it, or add it to \"missing\""},
      {"x,y\nNaN,a\n1,b\n",
       "f.csv:2: column 'x': 'NaN' is not a finite number of at most 1e150 in magnitude; correct "
       "it, or add it to \"missing\""},
      {"x,y\n1e400,a\n1,b\n",
       "f.csv:2: column 'x': '1e400' is not a finite number of at most 1e150 in magnitude; correct "
       "it, or add it to \"missing\""},
      {"x,y\n?,a\n,b\n", "f.csv: column 'x' has no value in any row; add it to \"ignore\""},
      {"x;y\n1,5;a\n2,5;b\n",
       "f.csv:2: column 'x': '1,5' has a decimal comma; write numbers with a point, or add the "
       "column to \"categorical\"",
       [](auto& options) { options.delimiter = Delimiter::semicolon; }},
      {"x,y\n1,a\n2,b\n", "f.csv:1: \"label\" names the column 'Y', but the columns are 'x', 'y'",
       [](auto& options) { options.label = "Y"; }},
      {"1,a\n2,b\n",
       "f.csv:1: \"label\" names the column 'y', but \"header\" is false: give the column's "
       "position, counted from 0, or from -1 at the end",
       [](auto& options) {
         options.header = false;
         options.label = "y";
       }},
      {"x,y\n1,a\n2,b\n",
       "f.csv:1: \"label\" is the position 2, but there are 2 columns: positions count from 0, or "
       "from -1 at the end",
       [](auto& options) { options.label = Index{2}; }},
      {"x,y\n1,a\n2,b\n",
       "f.csv:1: \"label\" is the position -3, but there are 2 columns: positions count from 0, or "
       "from -1 at the end",
       [](auto& options) { options.label = Index{-3}; }},
      {"x,x,y\n1,1,a\n2,2,b\n",
       "f.csv:1: \"ignore\" names the column 'x', but several have that name; give its position "
       "instead",
       [](auto& options) { options.ignore = {"x"}; }},
      {"x,y\n1,a\n2,b\n",
       "f.csv:1: \"categorical\" names the column 'z', but the columns are 'x', 'y'",
       [](auto& options) { options.categorical = {"z"}; }},
      {"x,y\n1,a\n2,b\n",
       "f.csv: \"ignore\" names the label, the column 'y'; take it out or choose another \"label\"",
       [](auto& options) { options.ignore = {"y"}; }},
      {"x,y\n1,a\n2,b\n", "f.csv: \"ignore\" leaves no column besides the label",
       [](auto& options) { options.ignore = {"x"}; }},
      {"x,y\n1,\"a\n2,b\n", "f.csv:2: a quote that opens here is never closed"},
  };
  for (const auto& [text, message, configure] : cases) {
    EXPECT_EQ(error_of(text, configure), message) << "in:\n" << text;
  }
}

TEST(LabelledCsv, RefusesALabelOfTooManyClasses) {
  std::string text = "x,y\n";
  for (std::size_t i = 0; i <= kMostCategories; ++i) text += "1," + std::to_string(i) + ".5\n";
  EXPECT_EQ(error_of(text),
            "f.csv:1002: column 'y' has more than 1000 classes; it is the label, so check the "
            "setting \"label\"");
}

TEST(LabelledCsv, RefusesTooManyCategoriesAndNamesTheValueThatMadeThem) {
  std::string text = "x,y\n1,a\n2,b\noops,a\n";
  for (std::size_t i = 0; i < kMostCategories; ++i) text += std::to_string(i) + ".5,a\n";
  EXPECT_EQ(error_of(text),
            "f.csv:1002: column 'x' has more than 1000 categories; add it to \"ignore\", or, if it "
            "should be numeric, correct 'oops' on line 4 or add that to \"missing\"");
}

TEST(LabelledCsv, RefusesTooManyColumns) {
  EXPECT_EQ(error_of(std::string(100000, ',')),
            "f.csv:1: 100001 columns, more than 100000; check the setting \"delimiter\"");
}

TEST(LabelledCsv, SurvivesEveryPrefixAndEverySingleByteChange) {
  const std::string text = "c,x,y\n\"r\"\"d\",1,0\r\n?,2.5e1,1\nb l,-3,0\n";
  const auto parse = [](const std::string& content) {
    for (const bool header : {true, false}) {
      const auto configure = [&](LabelledCsvOptions& options) { options.header = header; };
      test::expect_data_or_error([&] { return read(content, configure); }, "f.csv:");
    }
  };
  test::for_each_mutation(text, parse);
}

TEST(Standardization, IsMeanZeroAndDeviationOneOfNumericColumnsOnly) {
  // x: mean 4, deviations -3, -1, 1, 3, standard deviation sqrt(5); k is constant.
  const LabelledData data = read("x,c,k,y\n1,u,0.1,a\n3,v,0.1,b\n5,u,0.1,a\n7,v,0.1,b\n");
  const Standardization map = standardization(data);
  EXPECT_THAT((std::vector<double>{map.mean.begin(), map.mean.end()}), ElementsAre(4, 0, 0, 0.1));
  EXPECT_THAT((std::vector<double>{map.factor.begin(), map.factor.end()}),
              ElementsAre(testing::DoubleEq(1.0 / std::sqrt(5.0)), 1, 1, 1));
}

TEST(Standardization, StaysFiniteForTheLargestNumbers) {
  const Standardization map = standardization(read("x,y\n1e150,a\n-1e150,b\n1e-300,a\n"));
  EXPECT_TRUE(map.mean.allFinite());
  EXPECT_TRUE(map.factor.allFinite());
}

TEST(LabelledCsv, LooksUpNamesAndMissingValuesInTimeThatDoesNotGrowWithTheirNumber) {
  std::string header = "class", first = "a", second = "b";
  std::vector<std::string> names;
  for (int i = 0; i < 90000; ++i) {
    names.push_back("n" + std::to_string(i));
    header += ',' + names.back();
    first += ",1";
    second += ",2";
  }
  const auto configure = [&](LabelledCsvOptions& options) {
    options.label = "class";
    options.missing = names;
    options.ignore.assign(names.begin() + 1, names.end());
  };
  const LabelledData data = read(header + '\n' + first + '\n' + second + '\n', configure);
  EXPECT_EQ(data.dim(), 1);
}

}  // namespace
}  // namespace cbsim
