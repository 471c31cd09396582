#include <gtest/gtest.h>

#include "cbsim/experiment/settings_reader.hpp"
#include "cbsim/experiment/settings_table.hpp"
#include "cbsim/experiment/settings_writer.hpp"
#include "experiment/toy_specs.hpp"

namespace cbsim {
namespace {

JsonNode parsed(const std::string& text) {
  Problems problems;
  auto node = parse_json(text, std::make_shared<const std::string>("f"), false, problems);
  EXPECT_TRUE(problems.empty()) << text;
  return node.value_or(JsonNode{});
}

/// All errors of a toy, a line each.
std::string errors(const std::string& text) {
  ToySettings toy;
  Problems problems;
  SettingsReader("/data", problems).read(parsed(text), toy.settings(), "");
  std::string lines;
  for (const auto& problem : problems.list()) {
    if (!lines.empty()) lines += '\n';
    lines += problem.text();
  }
  return lines;
}

/// What a toy holds after reading `text`.
std::string resolved(const std::string& text) {
  ToySettings toy;
  Problems problems;
  SettingsReader("/data", problems).read(parsed(text), toy.settings(), "");
  EXPECT_TRUE(problems.empty()) << errors(text);
  return compact_json(write_settings(toy.settings()));
}

const std::string kDefaults = R"({"network":{"width":100,"init":"symmetric"},)"
                              R"("training":{"learning_rate":"auto","refit":{"every":1}},)"
                              R"("gamma":0.1,"note":"","words":[]})";

TEST(SettingsReader, KeepsDefaultsOfAbsentKeys) {
  EXPECT_EQ(resolved("{}"), kDefaults);
  EXPECT_EQ(resolved(R"({"network": {}, "training": {"refit": {}}})"), kDefaults);
}

TEST(SettingsReader, ReadsEveryKindOfSlot) {
  EXPECT_EQ(
      resolved(R"({"words": ["a", "b"], "note": "é", "gamma": {"C": [1, 2.5, 3e0], "schedule":
               "theorem"}, "training": {"refit": {"schedule": "determinant"}, "learning_rate": 1},
               "network": {"init": {"file": "w.csv"}, "width": 4.0}})"),
      R"({"network":{"width":4,"init":{"file":"/data/w.csv","mirrored":false}},)"
      R"("training":{"learning_rate":1,"refit":{"schedule":"determinant"}},)"
      R"("gamma":{"schedule":"theorem","delta":0.1,"C":[1,2.5,3]},"note":"é","words":["a","b"]})");
}

TEST(SettingsReader, ReadsBackWhatTheWriterWrites) {
  for (const std::string text :
       {R"({"gamma": {"schedule": "self_normalized", "nu": 2}})",
        R"({"gamma": {"schedule": "theorem"}})",
        R"({"network": {"init": {"file": "/abs/../w", "mirrored": true}}})", R"({"gamma": 1e300})",
        R"({"training": {"refit": {"every": 9007199254740993}, "learning_rate": 5e-324}})"}) {
    const std::string once = resolved(text);
    EXPECT_EQ(resolved(once), once);
    EXPECT_NE(once, kDefaults);
  }
}

TEST(SettingsReader, CollectsAllErrorsWithTheirPlaces) {
  EXPECT_EQ(errors("{\n\"gamma\": -1,\n\"note\": 5,\n\"network\": {\"width\": 2.5, \"depht\": 1}}"),
            "f:4:27: /network/depht: unknown key \"depht\"; known are width, init\n"
            "f:4:22: /network/width: 2.5 is not an integer; expected an integer in [1, 1000000]\n"
            "f:2:10: /gamma: -1 is out of range; expected a number >= 0, {\"schedule\": "
            "\"self_normalized\", ...} or {\"schedule\": \"theorem\", ...}\n"
            "f:3:9: /note: 5 is a number; expected a string");
}

TEST(SettingsReader, NamesValueAndRule) {
  const std::string gamma =
      "; expected a number >= 0, {\"schedule\": \"self_normalized\", ...} or {\"schedule\": "
      "\"theorem\", ...}";
  const std::pair<std::string, std::string> cases[] = {
      {R"({"width": 5})", "f:1:2: /width: unknown key \"width\"; did you mean \"network.width\"?"},
      {R"({"gama": 5})", "f:1:2: /gama: unknown key \"gama\"; did you mean \"gamma\"?"},
      {R"([])", "f:1:1: [] is a list; expected an object"},
      {R"({"network": 5})", "f:1:13: /network: 5 is a number; expected an object"},
      {R"({"network": null})", "f:1:13: /network: null is no value; expected an object"},
      {R"({"gamma": "x"})", "f:1:11: /gamma: \"x\" is a string" + gamma},
      {R"({"gamma": [1]})", "f:1:11: /gamma: [1] is a list" + gamma},
      {R"({"gamma": false})", "f:1:11: /gamma: false is a boolean" + gamma},
      {R"({"gamma": {}})",
       "f:1:11: /gamma/schedule: missing; expected \"self_normalized\" or \"theorem\""},
      {R"({"gamma": {"schedule": "theorm"}})",
       "f:1:24: /gamma/schedule: \"theorm\" is not an option; expected \"self_normalized\" or "
       "\"theorem\"; did you mean \"theorem\"?"},
      {R"({"gamma": {"schedule": 1}})",
       "f:1:24: /gamma/schedule: 1 is a number; expected \"self_normalized\" or \"theorem\""},
      {R"({"gamma": {"schedule": "theorem", "nu": 1}})",
       "f:1:35: /gamma/nu: unknown key \"nu\"; known are schedule, delta, C"},
      {R"({"gamma": {"schedule": "theorem", "delta": 1}})",
       "f:1:44: /gamma/delta: 1 is out of range; expected a number in (0, 1)"},
      {R"({"gamma": {"schedule": "theorem", "C": [1, 2]}})",
       "f:1:40: /gamma/C: a list of 2; expected 3 numbers"},
      {R"({"gamma": {"schedule": "theorem", "C": [1, 0, 2]}})",
       "f:1:44: /gamma/C/1: 0 is out of range; expected a number > 0"},
      {R"({"gamma": {"schedule": "theorem", "C": [1, "a", 2]}})",
       "f:1:44: /gamma/C/1: \"a\" is a string; expected a number > 0"},
      {R"({"words": ["a", 1]})", "f:1:17: /words/1: 1 is a number; expected a string"},
      {R"({"words": "a"})", "f:1:11: /words: \"a\" is a string; expected a list of strings"},
      {R"({"network": {"init": "hee"}})",
       "f:1:22: /network/init: \"hee\" is not an option; expected \"symmetric\", \"he\" or an "
       "object; did you mean \"he\"?"},
      {R"({"network": {"init": {"mirrored": true}}})",
       "f:1:22: /network/init/file: missing; expected a file name"},
      {R"({"network": {"init": {"file": ""}}})",
       "f:1:31: /network/init/file: an empty string; expected a file name"},
      {R"({"network": {"init": {"file": 3}}})",
       "f:1:31: /network/init/file: 3 is a number; expected a file name"},
      {R"({"network": {"init": {"file": "a", "mirrored": "yes"}}})",
       "f:1:48: /network/init/mirrored: \"yes\" is a string; expected true or false"},
      {R"({"training": {"learning_rate": "atuo"}})",
       "f:1:32: /training/learning_rate: \"atuo\" is not an option; expected \"auto\" or a number "
       "> 0; did you mean \"auto\"?"},
      {R"({"training": {"refit": {"schedule": "x"}}})",
       "f:1:37: /training/refit/schedule: \"x\" is not an option; expected \"doubling\" or "
       "\"determinant\""},
      {R"({"training": {"refit": {"every": 9223372036854775808}}})",
       "f:1:34: /training/refit/every: 9223372036854775808 is out of range; expected an integer "
       ">= 1"},
      {R"({"training": {"refit": {"every": 1e300}}})",
       "f:1:34: /training/refit/every: 1e300 is out of range; expected an integer >= 1"},
      {R"({"note": "\u001b[31m", "gamma": "\u001b[31m"})",
       "f:1:33: /gamma: \"\\u001b[31m\" is a string" + gamma},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(errors(text), message) << text;
}

TEST(SettingsReader, CutsLongValuesInMessages) {
  EXPECT_EQ(errors("{\"training\": {\"learning_rate\": \"" + std::string(100000, 'x') + "\"}}"),
            "f:1:32: /training/learning_rate: \"" + std::string(56, 'x') +
                "... is not an option; expected \"auto\" or a number > 0");
}

TEST(SettingsReader, DemandsRequiredFieldsOfAbsentGroups) {
  std::string path;
  const Settings settings{group("data", {required(text("path", &path, {"p"}))}, {"d"})};
  Problems problems;
  SettingsReader("", problems).read(parsed("{}"), settings, "");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems.list()[0].text(), "f:1:1: /data/path: missing; expected a string");
}

TEST(Violations, StandAtTheValueOrAtTheObjectThatLacksIt) {
  const auto node = parsed("{\n \"network\": {\"width\":\n 25}}");
  Problems problems;
  add_violations({{"network.width", "25 is odd"}, {"network.depth", "bad"}, {"gamma", "bad"}}, node,
                 "/policies/0", problems);
  EXPECT_EQ(problems.list()[0].text(), "f:3:2: /policies/0/network/width: 25 is odd");
  EXPECT_EQ(problems.list()[1].text(), "f:2:13: /policies/0/network/depth: bad");
  EXPECT_EQ(problems.list()[2].text(), "f:1:1: /policies/0/gamma: bad");
}

TEST(SettingsTable, ListsNestedSettingsUnderDottedKeys) {
  ToySettings toy;
  std::string lines;
  for (const auto& row : setting_rows(toy.settings())) {
    lines += row.key + " | " + row.standard + " | " + row.symbol + " | " + row.meaning + '\n';
  }
  EXPECT_EQ(lines,
            "network.width | 100 | m | neurons of a layer\n"
            "network.init | \"symmetric\" |  | initial weights\n"
            "network.init.file | required |  | a weights file\n"
            "network.init.mirrored | false |  | the file holds both halves\n"
            "training.learning_rate | \"auto\" | η | step size\n"
            "training.refit |  |  | when the network is refitted\n"
            "training.refit.every | 1 |  | rounds\n"
            "training.refit.schedule | \"doubling\" |  | when to refit\n"
            "gamma | 0.1 | γ | exploration\n"
            "gamma.nu | 1 | ν | noise (where schedule is \"self_normalized\")\n"
            "gamma.delta | 0.1 | δ | risk (where schedule is \"theorem\")\n"
            "gamma.C | [1,1,1] |  | constants (where schedule is \"theorem\")\n"
            "note | \"\" |  | a remark\n"
            "words | [] |  | some words\n");
}

/// Settings with keys of the user's own, and more of them within.
struct ToyMap {
  struct Amount {
    enum class Form { number, by_day };
    struct Number {
      double value = 0.0;
      Setting setting() { return required(real("", &value, at_least(0), {"an amount"})); }
    };
    Form form = Form::number;
    Number number;
    std::vector<Entry<Number>> by_day;
    Setting setting() {
      return one_of("", &form, {RealSlot{&number.value, at_least(0)}, map_of("day", &by_day)},
                    {"what it costs"});
    }
  };
  std::vector<Entry<Amount>> costs;

  Settings settings() { return {{"costs", {"all costs"}, {map_of("thing", &costs)}}}; }
};

std::string read_map(const std::string& text) {
  ToyMap toy;
  Problems problems;
  SettingsReader("", problems).read(parsed(text), toy.settings(), "");
  std::string out = compact_json(write_settings(toy.settings()));
  for (const auto& problem : problems.list()) out += '\n' + problem.text();
  return out;
}

TEST(MapSetting, HasTheKeysOfTheUserInTheirOrder) {
  for (const std::string text :
       {R"({"costs":{}})", R"({"costs":{"tea":2,"apples.red":{"today":1,"":0.5}}})"}) {
    EXPECT_EQ(read_map(text), text);
  }
  EXPECT_EQ(read_map("{}"), R"({"costs":{}})");
}

TEST(MapSetting, ReplacesWhatItHeld) {
  ToyMap toy;
  Problems problems;
  SettingsReader reader("", problems);
  reader.read(parsed(R"({"costs":{"tea":{"today":1}}})"), toy.settings(), "");
  reader.read(parsed(R"({"costs":{"tea":{"later":2}}})"), toy.settings(), "");
  EXPECT_EQ(compact_json(write_settings(toy.settings())), R"({"costs":{"tea":{"later":2}}})");
}

TEST(MapSetting, NamesThePlaceOfAWrongValue) {
  const std::string rule = "; expected a number >= 0 or an object with a key for each day";
  EXPECT_EQ(read_map(R"({"costs":{"a":-1,"b":{"today":"x"},"c":[]}})"),
            "{\"costs\":{\"a\":0,\"b\":{\"today\":0},\"c\":0}}\n"
            "f:1:15: /costs/a: -1 is out of range" +
                rule +
                "\nf:1:31: /costs/b/today: \"x\" is a string; expected a number >= 0\n"
                "f:1:40: /costs/c: [] is a list" +
                rule);
  EXPECT_EQ(read_map(R"({"costs":3})"),
            "{\"costs\":{}}\n"
            "f:1:10: /costs: 3 is a number; expected an object with a key for each thing");
}

TEST(MapSetting, IsListedByWhatItsKeysStandFor) {
  ToyMap toy;
  std::string lines;
  for (const auto& row : setting_rows(toy.settings())) {
    lines += row.key + " | " + row.standard + " | " + row.meaning + '\n';
  }
  EXPECT_EQ(lines,
            "costs | {} | all costs\n"
            "costs.<thing> | 0 | what it costs\n"
            "costs.<thing>.<day> | required | an amount\n");
}

TEST(SettingsTable, AlignsCharactersAndLeavesEmptyColumnsOut) {
  EXPECT_EQ(text_table({"A", "B", "C"}, {{"λ", "", "x"}, {"ab", "", "y"}}),
            "A   C\nλ   x\nab  y\n");
}

}  // namespace
}  // namespace cbsim
