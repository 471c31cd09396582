#include "cbsim/environment/csv_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/data_text.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read(std::string_view content, Delimiter delimiter = Delimiter::comma) {
  CsvReader reader("f.csv", content, delimiter);
  Rows rows;
  while (reader.next()) rows.emplace_back(reader.fields().begin(), reader.fields().end());
  return rows;
}

std::string error_of(std::string_view content, Delimiter delimiter = Delimiter::comma) {
  return test::message_of<InputError>([&] { read(content, delimiter); });
}

TEST(CsvReader, CutsLinesIntoFields) {
  EXPECT_EQ(read("a,b\n1,2\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read("a,b\n1,2"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read("a,b\r\n1,2\r\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read("a,b\r"), (Rows{{"a", "b"}}));
  EXPECT_EQ(read(""), Rows{});
}

TEST(CsvReader, KeepsEmptyFields) {
  EXPECT_EQ(read(",\n"), (Rows{{"", ""}}));
  EXPECT_EQ(read("a,,c,\n"), (Rows{{"a", "", "c", ""}}));
  EXPECT_EQ(read("a,"), (Rows{{"a", ""}}));
  EXPECT_EQ(read("\"\",x"), (Rows{{"", "x"}}));
}

TEST(CsvReader, SkipsBlankLinesAndAByteOrderMark) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a,b\n\n  \t\n\r\n1,2\n\n"),
            (Rows{{"a", "b"}, {"1", "2"}}));
}

TEST(CsvReader, BlanksAroundAFieldDoNotCount) {
  EXPECT_EQ(read(" a , b c ,\td \n"), (Rows{{"a", "b c", "d"}}));
  EXPECT_EQ(read(" \" a \" , b\n"), (Rows{{" a ", "b"}}));
}

TEST(CsvReader, QuotedFieldsHoldDelimitersLineEndsAndQuotes) {
  EXPECT_EQ(read("\"a,b\",\"c\nd\",\"e \"\"f\"\"\"\n1,2,3\n"),
            (Rows{{"a,b", "c\nd", "e \"f\""}, {"1", "2", "3"}}));
  EXPECT_EQ(read("\"\"\"\",\"\"\"\"\"\""), (Rows{{"\"", "\"\""}}));
}

TEST(CsvReader, KnowsOtherDelimiters) {
  EXPECT_EQ(read("1,5;2\n", Delimiter::semicolon), (Rows{{"1,5", "2"}}));
  EXPECT_EQ(read("a b\t\tc\n", Delimiter::tab), (Rows{{"a b", "", "c"}}));
  EXPECT_EQ(read("  a  b\tc  \n1 2 3", Delimiter::space), (Rows{{"a", "b", "c"}, {"1", "2", "3"}}));
  EXPECT_EQ(read("\"a b\" c", Delimiter::space), (Rows{{"a b", "c"}}));
}

TEST(CsvReader, LinesCountTheEndsWithinQuotes) {
  CsvReader reader("f.csv", "a\n\n\"b\n\n\"\nc\n", Delimiter::comma);
  std::vector<std::size_t> lines;
  while (reader.next()) lines.push_back(reader.line());
  EXPECT_THAT(lines, testing::ElementsAre(1, 3, 6));
  reader.rewind();
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.line(), 1U);
  EXPECT_EQ(reader.fields()[0], "a");
}

TEST(CsvReader, NamesTheLineOfBrokenQuotes) {
  EXPECT_EQ(error_of("a,b\n1,\"2\n3,4\n"), "f.csv:2: a quote that opens here is never closed");
  EXPECT_EQ(error_of("a\n\""), "f.csv:2: a quote that opens here is never closed");
  EXPECT_EQ(error_of("a\n\"b\"c\n"),
            "f.csv:2: text after the closing quote of 'b'; double a quote that belongs to a quoted "
            "field");
  EXPECT_EQ(error_of("a\nb\"c\"\n"),
            "f.csv:2: a quote inside the field 'b'; quote the whole field and double the quote");
}

TEST(CsvReader, RefusesARowOfVeryManyFields) {
  const std::string row(999999, ',');
  EXPECT_EQ(read(row).at(0).size(), 1000000u);
  EXPECT_EQ(error_of("a,b\n" + row + ','), "f.csv:2: more than 1000000 fields in a row");
}

TEST(CsvReader, RefusesALoneCarriageReturn) {
  EXPECT_EQ(error_of("a,b\r1,2\r"),
            "f.csv:1: a carriage return without a line feed; lines must end in LF or CRLF");
}

TEST(CsvReader, RefusesWhatIsNoText) {
  using namespace std::string_view_literals;
  EXPECT_EQ(error_of("a,b\n1,\0\n"sv),
            "f.csv:2: a NUL byte, so this is not a text file; is it the right file?");
  EXPECT_EQ(error_of("a,b\n1,2\ncaf\xE9,1\n"),
            "f.csv:3: the byte 0xE9 is not UTF-8; convert the file, e.g. with iconv -f ISO-8859-1 "
            "-t UTF-8");
}

TEST(CheckIsText, AcceptsExactlyUtf8) {
  const auto ok = [](std::string_view text) {
    return test::message_of<InputError>([&] { check_is_text("f", text); }) == "(no error)";
  };
  EXPECT_TRUE(ok("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xED\x9F\xBF \xF4\x8F\xBF\xBF"));
  for (const std::string_view bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3\x28", "\xE0\x80\x80", "\xE2\x82",
        "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(ok(bad));
  }
}

TEST(ParseField, ReadsDecimalNumbers) {
  const auto value = [](std::string_view text) {
    const Field field = parse_field(text);
    EXPECT_EQ(field.kind, FieldKind::number) << text;
    return field.value;
  };
  EXPECT_EQ(value("0"), 0.0);
  EXPECT_EQ(value("-1.5"), -1.5);
  EXPECT_EQ(value("+1.5"), 1.5);
  EXPECT_EQ(value(".5"), 0.5);
  EXPECT_EQ(value("1e3"), 1000.0);
  EXPECT_EQ(value("1E-3"), 0.001);
  EXPECT_EQ(value("0.1"), 0.1);
  EXPECT_EQ(value("1e150"), 1e150);
}

TEST(ParseField, TellsTextFromUnusableNumbers) {
  for (const std::string_view text :
       {"", "a", "1a", "1,5", "1 2", "0x10", "+-1", "++1", "+", "-", ".", "1e", "e5", "1_000"}) {
    EXPECT_EQ(parse_field(text).kind, FieldKind::text) << text;
  }
  for (const std::string_view text : {"inf", "-inf", "nan", "NaN", "Infinity", "1e400", "-2e150"}) {
    EXPECT_EQ(parse_field(text).kind, FieldKind::unusable) << text;
  }
}

TEST(InQuotes, CutsAtACharacterAndHidesControls) {
  EXPECT_EQ(in_quotes("a\tb\nc"), "'a b c'");
  const std::string forty(40, 'x'), short_of_one(39, 'x');
  EXPECT_EQ(in_quotes(forty).size(), 42U);
  EXPECT_EQ(in_quotes(forty + "y"), std::string("'").append(forty).append("...'"));
  EXPECT_EQ(in_quotes(short_of_one + "\xC3\xA9"),
            std::string("'").append(short_of_one).append("...'"));
}

}  // namespace
}  // namespace cbsim
