#include "cbsim/experiment/json_tree.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cbsim/experiment/problems.hpp"

namespace cbsim {
namespace {

std::shared_ptr<const std::string> source() {
  static const auto name = std::make_shared<const std::string>("f");
  return name;
}

JsonNode parsed(std::string_view text) {
  Problems problems;
  auto node = parse_json(text, source(), false, problems);
  EXPECT_TRUE(problems.empty());
  return node.value_or(JsonNode{});
}

std::string first_problem(std::string_view text) {
  Problems problems;
  parse_json(text, source(), false, problems);
  return problems.empty() ? "none" : problems.list().front().text();
}

TEST(JsonTree, CountsLinesAndColumnsOverCommentsTabsAndCrlf) {
  const auto root =
      parsed("// é, \" { :\r\n{\r\n\t\"a\" /* :\n1 */ : 5, \"b\":[1, // x\n  {\"c\":\"d\"}]}");
  EXPECT_EQ(root.position.text(), "f:2:1");
  EXPECT_EQ(root.members[0].position.text(), "f:3:2");
  EXPECT_EQ(root.find("a")->position.text(), "f:4:8");
  EXPECT_EQ(root.members[1].position.text(), "f:4:11");
  EXPECT_EQ(root.find("b")->items[0].position.text(), "f:4:16");
  EXPECT_EQ(root.find("b")->items[1].position.text(), "f:5:3");
  EXPECT_EQ(root.find("b")->items[1].find("c")->position.text(), "f:5:8");
}

TEST(JsonTree, CountsCharactersNotBytes) {
  const auto root = parsed("\xEF\xBB\xBF{\"λ\":\"日本\", \"x\":1}");
  EXPECT_EQ(root.position.text(), "f:1:1");
  EXPECT_EQ(root.find("λ")->position.text(), "f:1:6");
  EXPECT_EQ(root.find("x")->position.text(), "f:1:16");
}

TEST(JsonTree, IsNotMisledByQuotesAndSeparatorsInStrings) {
  const auto root = parsed(R"({"a\",:{":"// no \\","b":1})");
  EXPECT_EQ(root.members[0].key, "a\",:{");
  EXPECT_EQ(root.members[0].value.text, "// no \\");
  EXPECT_EQ(root.find("b")->position.text(), "f:1:26");
}

TEST(JsonTree, PointsAtTheBrokenToken) {
  const std::pair<std::string, std::string> cases[] = {
      {"{\"a\":1,}", "f:1:8: not JSON: unexpected '}'; expected a key in quotes (in object key)"},
      {"", "f:1:1: not JSON: unexpected end of input; expected '[', '{', or a literal (in value)"},
      {"{", "f:1:2: not JSON: unexpected end of input; expected a key in quotes (in object key)"},
      {"[1,,2]", "f:1:4: not JSON: unexpected ','; expected '[', '{', or a literal (in value)"},
      {"{\"a\" 1}",
       "f:1:6: not JSON: unexpected number literal; expected ':' (in object separator)"},
      {"{\"a\":1 \"b\":2}",
       "f:1:8: not JSON: unexpected string literal; expected ',' or '}' (in object)"},
      {"[1\n 2]", "f:2:2: not JSON: unexpected number literal; expected ',' or ']' (in array)"},
      {"{'a':1}", "f:1:2: not JSON: invalid literal; expected a key in quotes (in object key)"},
      {"{\"a\":\n  nul}", "f:2:3: not JSON: invalid literal (in value)"},
      {"{\"a\":NaN}", "f:1:6: not JSON: invalid literal (in value)"},
      {"{\"a\": -}", "f:1:7: not JSON: invalid number; expected digit after '-' (in value)"},
      {"{\"a\": \"b", "f:1:7: not JSON: invalid string: missing closing quote (in value)"},
      {"{\"a\": \"\xff\"}", "f:1:7: not JSON: invalid string: ill-formed UTF-8 byte (in value)"},
      {"{\"a\":1} x", "f:1:9: not JSON: invalid literal; expected end of input (in value)"},
      {"{\"a\" // ,\n : /* , */ ,}",
       "f:2:12: not JSON: unexpected ','; expected '[', '{', or a literal (in value)"},
      {"{\"a\": -1e400}", "f:1:7: -1e400 is too large for a number"},
      {std::string("{}\0{", 4), "f:1:3: not JSON: a NUL byte"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(first_problem(text), message) << text;
}

TEST(JsonTree, FindsDuplicateKeysAtAnyDepthAndKeepsTheFirst) {
  Problems problems;
  const auto root = parse_json("{\"a\":[{\"b\":1,\n\"c/d\":2,\"c/d\":{\"b\":[3]}}],\"a\":4}",
                               source(), false, problems);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems.list()[0].text(), "f:2:9: /a/0/c~1d: duplicate key; the first is in line 2");
  EXPECT_EQ(problems.list()[1].text(), "f:2:27: /a: duplicate key; the first is in line 1");
  EXPECT_EQ(compact_json(*root), R"({"a":[{"b":1,"c/d":2}]})");
}

TEST(JsonTree, FindsDuplicateKeysInTheValuesOfDuplicateKeys) {
  Problems problems;
  const auto root =
      parse_json(R"({"a":1,"a":{"b":{"c":[1,2],"c":{"d":3},"e":4},"b":[5],"f":[6]},"g":7})",
                 source(), false, problems);
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_THAT(problems.list()[0].text(), ::testing::HasSubstr("/a: duplicate key"));
  EXPECT_THAT(problems.list()[1].text(), ::testing::HasSubstr("/a/b/c: duplicate key"));
  EXPECT_THAT(problems.list()[2].text(), ::testing::HasSubstr("/a/b: duplicate key"));
  EXPECT_EQ(compact_json(*root), R"({"a":1,"g":7})");
}

TEST(JsonTree, RefusesDeepNestingWithoutOverflow) {
  const std::string fits = std::string(kMaxJsonDepth, '[') + std::string(kMaxJsonDepth, ']');
  EXPECT_EQ(first_problem(fits), "none");
  EXPECT_EQ(first_problem(std::string(1000000, '[')), "f:1:65: nested more than 64 levels deep");
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  EXPECT_EQ(first_problem(objects), "f:1:321: nested more than 64 levels deep");
}

TEST(JsonTree, KnowsIntegersFromOtherNumbers) {
  const auto integer = [](std::string_view text) { return parsed(text).integer(); };
  EXPECT_EQ(integer("1e3"), 1000);
  EXPECT_EQ(integer("1.0"), 1);
  EXPECT_EQ(integer("-0"), 0);
  EXPECT_EQ(integer("9223372036854775807"), 9223372036854775807);
  EXPECT_EQ(integer("9223372036854775808"), std::nullopt);
  EXPECT_EQ(integer("2.7"), std::nullopt);
  EXPECT_TRUE(parsed("1e300").integral());
  EXPECT_EQ(integer("1e300"), std::nullopt);
}

TEST(JsonTree, WritesEqualNumbersAlikeAndReadsThemBack) {
  EXPECT_EQ(compact_json(parsed("[1, 1.0, 10e-1, 100E-2]")), "[1,1,1,1]");
  EXPECT_EQ(compact_json(parsed("[0.1, 1e-1, 1e21, -0.0, 1e-400]")), "[0.1,0.1,1e+21,0,0]");
  for (const double value : {0.1, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, 9007199254740993.0}) {
    EXPECT_EQ(parsed(shortest_number(value)).real(), value);
  }
}

TEST(JsonTree, WritesWhatAnotherParserReads) {
  const auto root =
      parsed(R"({"a":[],"b":{},"c":[1,[2]],"d":"q\"\\\n\u0001é","e":null,"f":[true]})");
  const std::string compact = compact_json(root);
  EXPECT_EQ(nlohmann::json::parse(compact), nlohmann::json::parse(pretty_json(root)));
  EXPECT_EQ(nlohmann::json::parse(compact)["d"], "q\"\\\n\x01é");
  EXPECT_EQ(pretty_json(parsed(R"({"a":[1,2],"b":{"c":[[1],[2]]}})")),
            "{\n  \"a\": [1, 2],\n  \"b\": {\n    \"c\": [\n      [1],\n      [2]\n    ]\n  }\n}");
}

// As the parser does, beside which it follows the text.
TEST(JsonTree, EndsACommentWhereItsLineEndsWithACarriageReturn) {
  EXPECT_EQ(compact_json(parsed("{\"a\": // nan\r5, // 6\r\n\"b\": 7 /* \r 8 */}//\r")),
            R"({"a":5,"b":7})");
}

// Looking for each key among all before it would take minutes.
TEST(JsonTree, ReadsAnObjectOfManyKeysInTimeLinearInThem) {
  std::string text = "{\"k\":0";
  for (int i = 0; i < 500000; ++i) text += ",\"k" + std::to_string(i) + "\":0";
  EXPECT_EQ(parsed(text + '}').members.size(), 500001U);
  EXPECT_EQ(first_problem(text + ",\n\"k7\":0}"),
            "f:2:1: /k7: duplicate key; the first is in line 1");
}

// The path of every duplicate in full would take terabytes.
TEST(JsonTree, CutsLongKeysInMessages) {
  const std::string key(1 << 20, 'k');
  std::string text = "{\"" + key + "\":{\"a\":0";
  for (int i = 0; i < 500000; ++i) text += ",\"a\":0";
  EXPECT_EQ(first_problem(text + "}}"),
            "f:1:1048588: /" + key.substr(0, 197) + ".../a: duplicate key; the first is in line 1");
}

TEST(JsonTree, HasSoManyValuesAndNoMore) {
  std::string text = "[0";
  for (std::size_t i = 2; i < kMaxJsonValues; ++i) text += ",0";
  EXPECT_EQ(parsed(text + ']').items.size(), kMaxJsonValues - 1);
  EXPECT_THAT(first_problem(text + ",0]"), testing::HasSubstr("more than 2000000 values"));
}

TEST(JsonTree, RefusesAMillionBracketsAtOnce) {
  const std::string text(1000000, '[');
  EXPECT_EQ(first_problem(text), "f:1:65: nested more than 64 levels deep");
}

TEST(JsonTree, CutsNumbersOfManyDigitsInMessages) {
  EXPECT_EQ(first_problem(std::string(400, '9')),
            "f:1:1: " + std::string(57, '9') + "... is too large for a number");
}

}  // namespace
}  // namespace cbsim
