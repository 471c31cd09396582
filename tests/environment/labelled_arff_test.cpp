#include "cbsim/environment/labelled_arff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/arff_reader.hpp"
#include "environment/labelled.hpp"
#include "support/configure.hpp"
#include "support/mutations.hpp"

namespace cbsim {
namespace {

using test::row;
using testing::ElementsAre;

LabelledData read(std::string_view content, const ColumnRoles& roles = {}) {
  return read_labelled_arff("f.arff", content, roles);
}

std::string error_of(std::string_view content, const ColumnRoles& roles = {}) {
  return test::message_of<InputError>([&] { read(content, roles); });
}

/// A header of x (numeric), c (nominal) and the class y, and rows.
std::string with_rows(const std::string& rows) {
  return "@relation r\n@attribute x numeric\n@attribute c {red, green, blue}\n@attribute y {n, p}\n"
         "@data\n" +
         rows;
}

TEST(LabelledArff, ReadsNumericAndNominalAttributesAndTheClassInTheLast) {
  const LabelledData data = read(with_rows("1.5,red,p\n-2e1, blue ,n\n"));
  EXPECT_EQ(data.rows(), 2);
  EXPECT_THAT(data.classes, ElementsAre("n", "p"));
  EXPECT_THAT(data.labels, ElementsAre(1, 0));
  EXPECT_EQ(data.columns[0].name, "x");
  EXPECT_THAT(data.columns[1].categories, ElementsAre("blue", "red"));  // those that occur
  EXPECT_THAT(row(data, 0), ElementsAre(1.5, 0, 1));
  EXPECT_THAT(row(data, 1), ElementsAre(-20, 1, 0));
}

TEST(LabelledArff, ReadsWhatWekaWrites) {
  const LabelledData data = read(
      "\xEF\xBB\xBF% Title: \"it's\"\r\n\r\n@RELATION 'a b'\r\n"
      "@Attribute 'sepal length'\tREAL % cm\r\n@ATTRIBUTE \"n, {1}\" Integer\r\n"
      "@attribute odd { 'it\\'s', \"a\\\"b\", 'x,y', plain , 50% }\r\n"
      "@attribute class {'Iris setosa',Iris-other}\r\n@DATA\r\n% rows\r\n"
      "5.1,'3','it\\'s',Iris-other\r\n  4.9 , 1,\"a\\\"b\", 'Iris setosa' % last\r\n"
      "1,2,'x,y',Iris-other\r\n1,2,50%,Iris-other\r\n1,2,plain,Iris-other");
  EXPECT_EQ(data.columns[0].name, "sepal length");
  EXPECT_EQ(data.columns[1].name, "n, {1}");
  EXPECT_THAT(data.columns[2].categories, ElementsAre("50%", "a\"b", "it's", "plain", "x,y"));
  EXPECT_THAT(data.classes, ElementsAre("Iris setosa", "Iris-other"));
  EXPECT_THAT(row(data, 0), ElementsAre(5.1, 3, 0, 0, 1, 0, 0));
  EXPECT_THAT(row(data, 1), ElementsAre(4.9, 1, 0, 1, 0, 0, 0));
  EXPECT_THAT(data.labels, ElementsAre(1, 0, 1, 1, 1));
}

TEST(LabelledArff, ReadsSparseRowsBesideOthers) {
  const LabelledData data =
      read(with_rows("{}\n{ 0 2.5 , 2 p }\n{1 blue}\n3,green,p\n{0 ?, 1 'red'}\n"));
  EXPECT_THAT(data.columns[1].categories, ElementsAre("blue", "green", "red"));
  EXPECT_THAT(row(data, 0), ElementsAre(0, 0, 0, 1));  // 0 and the first values, red and n
  EXPECT_THAT(row(data, 1), ElementsAre(2.5, 0, 0, 1));
  EXPECT_THAT(row(data, 2), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(row(data, 3), ElementsAre(3, 0, 1, 0));
  EXPECT_THAT(row(data, 4), ElementsAre(5.5 / 4, 0, 0, 1));
  EXPECT_THAT(data.labels, ElementsAre(0, 1, 0, 1, 0));
}

TEST(LabelledArff, MissingValuesAreMeansOrACategory) {
  const LabelledData data = read(with_rows("1,red,p\n?,?,n\n3,blue,n\n"));
  EXPECT_THAT(data.columns[1].categories, ElementsAre("blue", "red", "(missing)"));
  EXPECT_THAT(row(data, 1), ElementsAre(2, 0, 0, 1));
}

TEST(LabelledArff, LabelCategoricalAndIgnoreNameAttributes) {
  const std::string text =
      "@relation r\n@attribute id string\n@attribute when date 'yyyy-MM-dd HH:mm'\n"
      "@attribute k integer\n@attribute y {a,b}\n@attribute x real\n@data\n"
      "'no, 1','2020-01-01 00:00',20,a,1\n'',2021,3,b,2\n";
  ColumnRoles roles;
  roles.label = "y";
  roles.ignore = {"id", "1"};
  roles.categorical = {"k"};
  const LabelledData data = read(text, roles);
  EXPECT_THAT(data.columns[0].categories, ElementsAre("3", "20"));
  EXPECT_THAT(row(data, 0), ElementsAre(0, 1, 1));
  EXPECT_THAT(data.labels, ElementsAre(0, 1));
}

TEST(LabelledArff, IsRecognisedByItsFirstLine) {
  for (const std::string_view yes :
       {"@relation x\n", "% c\n\n  @RELATION x", "\xEF\xBB\xBF@Attribute x real\n"}) {
    EXPECT_TRUE(looks_like_arff(yes)) << yes;
  }
  for (const std::string_view no : {"", "%\n", "x,y\n@relation\n", "@data\n", "relation\n"}) {
    EXPECT_FALSE(looks_like_arff(no)) << no;
  }
}

TEST(LabelledArff, SaysWhereAHeaderIsWrongWhyAndWhatToDo) {
  const std::string two = "@attribute x real\n@attribute y {a,b}\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "f.arff: no @data line, after which the rows of an ARFF file stand"},
      {"@relation r\n" + two, "f.arff: no @data line, after which the rows of an ARFF file stand"},
      {"@relation r\nx,y\n",
       "f.arff:2: 'x,y' in the header; expected @relation, @attribute or @data"},
      {"@relation r\n@attribute\n", "f.arff:2: @attribute without a name"},
      {"@attribute x\n",
       "f.arff:1: attribute 'x' has the type ''; expected numeric, real, integer, string, date or "
       "values in braces"},
      {"@attribute x float\n",
       "f.arff:1: attribute 'x' has the type 'float'; expected numeric, real, integer, string, "
       "date or values in braces"},
      {"@attribute x real [0, 1]\n", "f.arff:1: '[0, 1]' follows where the line should end"},
      {"@attribute x relational\n",
       "f.arff:1: attribute 'x' is relational; tables within tables are not read"},
      {"@attribute x {a, b\n",
       "f.arff:1: attribute 'x': its values do not end in '}' on this line"},
      {"@attribute x {a,,b}\n", "f.arff:1: attribute 'x' has an empty value"},
      {"@attribute x {}\n", "f.arff:1: attribute 'x' has an empty value"},
      {"@attribute 'x real\n", "f.arff:1: a quote that opens here is never closed: ''x real'"},
      {"@attribute x {'a\\'}\n", "f.arff:1: a quote that opens here is never closed: ''a\\'}'"},
      {"@attribute x real\n@data\n",
       "f.arff:2: @data after 1 attributes; a label and a feature are needed"},
      {two + "@data\n", "f.arff:3: no rows after @data"},
      {two + "@data 1,a\n", "f.arff:3: '1,a' follows where the line should end"},
      {"@attribute s string\n" + two + "@data\nz,1,a\n",
       "f.arff:4: attribute 's' is of the type string, which is no feature; add it to \"ignore\", "
       "or declare its values in braces"},
      {"@attribute s date\n" + two + "@data\nz,1,a\n",
       "f.arff:4: attribute 's' is of the type date, which is no feature; add it to \"ignore\", or "
       "declare its values in braces"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(error_of(text), message) << text;
}

TEST(LabelledArff, SaysWhereARowIsWrongWhyAndWhatToDo) {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, std::string>> cases{
      {"1,red\n", "2 values, but the header has 3 attributes"},
      {"1,red,p,1\n", "4 values, but the header has 3 attributes"},
      {"1\tred\tp\n", "1 values, but the header has 3 attributes"},
      {"1,,p\n", "an empty value for the attribute number 1; a missing one is written ?"},
      {"1,red,\n", "an empty value for the attribute number 2; a missing one is written ?"},
      {"1,pink,p\n", "attribute 'c': 'pink' is none of its values, 'red', 'green', 'blue'"},
      {"1,Red,p\n", "attribute 'c': 'Red' is none of its values, 'red', 'green', 'blue'"},
      {"one,red,p\n", "attribute 'x': 'one' is not a finite number of at most 1e150 in magnitude"},
      {"nan,red,p\n", "attribute 'x': 'nan' is not a finite number of at most 1e150 in magnitude"},
      {"1e200,red,p\n",
       "attribute 'x': '1e200' is not a finite number of at most 1e150 in magnitude"},
      {"1,red,?\n",
       "column 'y': the label is missing ('?'); remove the row, or change \"missing\""},
      {"1,'red,p\n", "a quote that opens here is never closed: ''red,p'"},
      {"1,'red' x,p\n", "'x,p' follows where the line should end"},
      {"1,red,p,{2}\n", "a weight, {...}, in the row; weights of rows are not read"},
      {"{0 1, 2 p}, {5}\n", "a weight, {...}, after the row; weights of rows are not read"},
      {"{0 1, 2 p\n", "a sparse row that does not end in '}'"},
      {"{0 1, 2 p} x\n", "'x' follows where the line should end"},
      {"{3 1}\n",
       "'3' is no index of an attribute; sparse rows are {index value, ...}, indices count from 0 "
       "to 2"},
      {"{1000000000000000000000 1}\n",
       "'1000000000000000000000' is no index of an attribute; sparse rows are {index value, ...}, "
       "indices count from 0 to 2"},
      {"{x 1}\n",
       "'x' is no index of an attribute; sparse rows are {index value, ...}, indices count from 0 "
       "to 2"},
      {"{0 1,}\n",
       "'' is no index of an attribute; sparse rows are {index value, ...}, indices count from 0 "
       "to 2"},
      {"{0}\n", "the index 0 without a value"},
      {"{0 1, 1 red, 0 2}\n", "the index 0 twice"},
      {"1,red,\0\n"s, "a NUL byte, so this is not a text file; is it the right file?"},
  };
  for (const auto& [rows, message] : cases) {
    EXPECT_EQ(error_of(with_rows("0,red,n\n" + rows)), "f.arff:7: " + message) << rows;
  }
  EXPECT_EQ(error_of(with_rows("1,red,p\n2,red,p\n")),
            "f.arff: column 'y': every label is 'p'; a bandit needs at least two classes, so check "
            "the setting \"label\"");
  EXPECT_EQ(error_of(with_rows("?,red,p\n?,red,n\n")),
            "f.arff: column 'x' has no value in any row; add it to \"ignore\"");
  EXPECT_EQ(error_of(with_rows("1,red,p\n"), {.label = "z", .categorical = {}, .ignore = {}}),
            "f.arff:5: \"label\" names the column 'z', but the columns are 'x', 'c', 'y'");
}

TEST(LabelledArff, RefusesFewBytesThatStandForManyValues) {
  std::string text = "@relation r\n";
  for (int i = 0; i < 99999; ++i) text += "@attribute a real\n";
  text += "@attribute y {a,b}\n@data\n";
  for (int i = 0; i < 1000; ++i) text += "{}\n";
  EXPECT_EQ(error_of(text),
            "f.arff:100002: 1000 sparse rows of 100000 attributes are more than 67108864 values, "
            "the most that are held; take fewer rows or attributes");
  EXPECT_EQ(error_of("@attribute a real\n" + text), "f.arff:100002: more than 100000 attributes");
}

TEST(LabelledArff, RefusesVeryManyValuesBeforeItHoldsThem) {
  const std::string head = "@relation r\n@attribute x real\n@attribute y {a";
  std::string values;
  for (int i = 0; i < 1000000; ++i) values += ",b";
  EXPECT_EQ(error_of(head + values + "}\n@data\n1,a\n"),
            "f.arff:3: more than 1000000 values of nominal attributes");
  EXPECT_EQ(error_of(head + "}\n@data\n1,a" + values + '\n'),
            "f.arff:5: 1000002 values, but the header has 2 attributes");
}

TEST(LabelledArff, SurvivesEveryPrefixAndEverySingleByteChange) {
  const std::string text =
      "%c\n@relation 'r'\n@attribute x real\n@attribute c {'a\\'',\"b\"}\n@attribute y {n,p}\n"
      "@data\r\n1,'a\\'',p %c\n?,b,n\n{0 -2, 2 p}\n{}\n";
  const auto parse = [](const std::string& content) {
    looks_like_arff(content);
    test::expect_data_or_error([&] { return read(content); }, "f.arff:");
  };
  test::for_each_mutation(text, parse);
}

}  // namespace
}  // namespace cbsim
