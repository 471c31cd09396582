#include "experiment/config_fixture.hpp"

namespace cbsim {
namespace {

using ConfigErrors = ConfigTest;

/// A config of one line with these keys, a default for each that is not given.
struct Keys {
  std::string horizon = "10";
  std::string environment = R"({"type":"cosine"})";
  std::string policies = R"([{"type":"uniform"}])";
  std::string more = "";  ///< before the others, with a comma
};

std::string config(const Keys& keys) {
  return "{" + keys.more + "\n\"horizon\":" + keys.horizon +
         ",\n\"environment\":" + keys.environment + ",\n\"policies\":" + keys.policies + "\n}";
}

Keys environment(const std::string& settings) {
  return {.environment = "{\"type\":\"cosine\"," + settings + "}"};
}

struct Case {
  Keys keys;
  std::string message;
};

const std::string kHorizon = "; expected an integer in [1, 1000000000]";
const std::string kSeeds =
    "; expected an integer in [1, 1000000] or a list of numbers in [0, 9007199254740991]";
const std::string kSeed = "; expected a number in [0, 9007199254740991]";
const std::string kSweep =
    " cannot be swept; sweep the horizon, settings of the environment or settings of a policy";

TEST_F(ConfigErrors, OfTheTopLevel) {
  const Case cases[] = {
      {{.horizon = "0"}, "f.json:2:11: /horizon: 0 is out of range" + kHorizon},
      {{.horizon = "1000000001"}, "f.json:2:11: /horizon: 1000000001 is out of range" + kHorizon},
      {{.horizon = "2.7"}, "f.json:2:11: /horizon: 2.7 is not an integer" + kHorizon},
      {{.horizon = "\"10\""}, "f.json:2:11: /horizon: \"10\" is a string" + kHorizon},
      {{.horizon = "null"}, "f.json:2:11: /horizon: null is no value" + kHorizon},
      {{.horizon = "true"}, "f.json:2:11: /horizon: true is a boolean" + kHorizon},
      {{.horizon = "[10]"}, "f.json:2:11: /horizon: [10] is a list" + kHorizon},
      {{.horizon = "{}"}, "f.json:2:11: /horizon: {} is an object" + kHorizon},
      {{.horizon = "18446744073709551617"},
       "f.json:2:11: /horizon: 18446744073709551617 is out of range" + kHorizon},
      {{.horizon = "1e400"}, "f.json:2:11: 1e400 is too large for a number"},
      {{.horizon = "NaN"}, "f.json:2:11: not JSON: invalid literal (in value)"},
      {{.horizon = "1,\"horizon\":2"},
       "f.json:2:13: /horizon: duplicate key; the first is in line 2"},
      {{.more = "\"horizn\":1,"},
       "f.json:1:2: /horizn: unknown key \"horizn\"; did you mean \"horizon\"?"},
      {{.more = "\"extras\":[],"},
       "f.json:1:2: /extras: unknown key \"extras\"; known are policies, sweep, $schema, name, "
       "horizon, seeds, environment, record"},
      {{.more = "\"name\":5,"}, "f.json:1:9: /name: 5 is a number; expected a string"},
      {{.more = "\"name\":\"\","}, "f.json:1:9: /name: an empty name; expected some text"},
      {{.more = "\"name\":\"a\\nb\","}, "f.json:1:9: /name: \"a\\nb\" has a control character"},
      {{.more = "\"seeds\":0,"}, "f.json:1:10: /seeds: 0 is out of range" + kSeeds},
      {{.more = "\"seeds\":1.5,"}, "f.json:1:10: /seeds: 1.5 is not an integer" + kSeeds},
      {{.more = "\"seeds\":1000001,"}, "f.json:1:10: /seeds: 1000001 is out of range" + kSeeds},
      {{.more = "\"seeds\":\"5\","}, "f.json:1:10: /seeds: \"5\" is a string" + kSeeds},
      {{.more = "\"seeds\":[],"}, "f.json:1:10: /seeds: a list of 0; expected 1 to 100000 numbers"},
      {{.more = "\"seeds\":[1,-1],"}, "f.json:1:13: /seeds/1: -1 is out of range" + kSeed},
      {{.more = "\"seeds\":[1,2.5],"}, "f.json:1:13: /seeds/1: 2.5 is not an integer"},
      {{.more = "\"seeds\":[1,\"a\"],"}, "f.json:1:13: /seeds/1: \"a\" is a string" + kSeed},
      {{.more = "\"seeds\":[3,1,3],"}, "f.json:1:15: /seeds/2: 3 is in the list already"},
      {{.more = "\"seeds\":[9007199254740994],"},
       "f.json:1:11: /seeds/0: 9007199254740994 is out of range" + kSeed},
      {{.more = "\"record\":5,"}, "f.json:1:11: /record: 5 is a number; expected an object"},
      {{.more = "\"record\":{\"points\":1},"},
       "f.json:1:21: /record/points: 1 is out of range; expected an integer in [2, 10000000]"},
      {{.more = "\"record\":{\"spacing\":\"lin\"},"},
       "f.json:1:22: /record/spacing: \"lin\" is not an option; expected \"linear\" or \"log\"; "
       "did you mean \"linear\"?"},
      {{.more = "\"record\":{\"round\":true},"},
       "f.json:1:12: /record/round: unknown key \"round\"; did you mean \"rounds\"?"},
      {{.more = "\"record\":{\"weights\":\"finale\"},"},
       "f.json:1:22: /record/weights: \"finale\" is not an option; expected \"none\", \"initial\" "
       "or \"final\"; did you mean \"final\"?"},
  };
  for (const auto& [keys, message] : cases) EXPECT_EQ(error(config(keys)), message);
}

TEST_F(ConfigErrors, OfTheEnvironment) {
  const std::string types = "\"linear\", \"quadratic\", \"quadratic_form\" or \"cosine\"";
  const Case cases[] = {
      {{.environment = "5"},
       "f.json:3:15: /environment: 5 is a number; expected an object with \"type\""},
      {{.environment = "\"cosine\""},
       "f.json:3:15: /environment: \"cosine\" is a string; expected an object with \"type\""},
      {environment("\"dim\":0"),
       "f.json:3:38: /environment/dim: 0 is out of range; expected an integer in [1, 1000000]"},
      {environment("\"dim\":2.5"),
       "f.json:3:38: /environment/dim: 2.5 is not an integer; expected an integer in [1, 1000000]"},
      {environment("\"dims\":2"),
       "f.json:3:32: /environment/dims: unknown key \"dims\"; did you mean \"dim\"?"},
      {environment("\"gamma\":2"),
       "f.json:3:32: /environment/gamma: unknown key \"gamma\"; known are type, dim, arms, noise, "
       "contexts, scale, parameter_seed, parameter, wrappers"},
      {environment("\"noise\":-0.5"),
       "f.json:3:40: /environment/noise: -0.5 is out of range; expected a number >= 0 or an object "
       "with \"type\""},
      {environment("\"noise\":\"big\""),
       "f.json:3:40: /environment/noise: \"big\" is a string; expected a number >= 0 or an object "
       "with \"type\""},
      {environment("\"noise\":{\"type\":\"studentt\"}"),
       "f.json:3:48: /environment/noise/type: \"studentt\" is not an option; expected "
       "\"gaussian\", \"uniform\", \"student_t\", \"heteroscedastic\" or \"bernoulli\"; did you "
       "mean \"student_t\"?"},
      {environment("\"noise\":{\"type\":\"student_t\",\"degrees\":2}"),
       "f.json:3:70: /environment/noise/degrees: 2 is out of range; expected a number > 2"},
      {environment("\"noise\":{\"type\":\"bernoulli\",\"sd\":1}"),
       "f.json:3:60: /environment/noise/sd: unknown key \"sd\"; known are type"},
      {environment("\"contexts\":\"spheer\""),
       "f.json:3:43: /environment/contexts: \"spheer\" is not an option; expected \"sphere\", "
       "\"ball\" or \"gaussian\"; did you mean \"sphere\"?"},
      {environment("\"contexts\":1"),
       "f.json:3:43: /environment/contexts: 1 is a number; expected \"sphere\", \"ball\" or "
       "\"gaussian\""},
      {environment("\"parameter_seed\":-1"),
       "f.json:3:49: /environment/parameter_seed: -1 is out of range; expected \"run\" or an "
       "integer in [0, 9007199254740992]"},
      {environment("\"dim\":3,\"dim\":3"),
       "f.json:3:40: /environment/dim: duplicate key; the first is in line 3"},
      {environment("\"type\":\"linear\""),
       "f.json:3:32: /environment/type: duplicate key; the first is in line 3"},
  };
  for (const auto& [keys, message] : cases) EXPECT_EQ(error(config(keys)), message);
  EXPECT_THAT(error(config({.environment = "{\"type\":\"cosin\"}"})),
              testing::AllOf(testing::StartsWith("f.json:3:23: /environment/type: \"cosin\" is not "
                                                 "an option; expected \"linear\""),
                             testing::EndsWith("; did you mean \"cosine\"?")));
  EXPECT_THAT(error(config({.environment = "{}"})),
              testing::StartsWith("f.json:3:15: /environment/type: missing; expected \"linear\""));
}

TEST_F(ConfigErrors, OfThePolicies) {
  const std::string expected = "expected a list of policies, [{\"type\": ...}, ...]";
  const Case cases[] = {
      {{.policies = "[]"}, "f.json:4:12: /policies: an empty list; " + expected},
      {{.policies = "{}"}, "f.json:4:12: /policies: {} is an object; " + expected},
      {{.policies = "\"uniform\""}, "f.json:4:12: /policies: \"uniform\" is a string; " + expected},
      {{.policies = R"([{"type":"uniform"},{"type":"uniform"}])"},
       "f.json:4:32: /policies/1/label: \"uniform\" is also the label of policy 0; give one of "
       "them another label"},
      {{.policies = R"([{"type":"uniform","label":"a"},{"type":"oracle","label":"a"}])"},
       "f.json:4:69: /policies/1/label: \"a\" is also the label of policy 0; give one of them "
       "another label"},
      {{.policies = R"([{"type":"uniform","label":""}])"},
       "f.json:4:39: /policies/0/label: an empty name; expected some text"},
      {{.policies = R"([{"type":"uniform","label":"a\tb"}])"},
       "f.json:4:39: /policies/0/label: \"a\\tb\" has a control character"},
      {{.policies = R"([{"type":"uniform","label":5}])"},
       "f.json:4:39: /policies/0/label: 5 is a number; expected a string"},
      {{.policies = R"([{"type":"uniform","lable":"a"}])"},
       "f.json:4:31: /policies/0/lable: unknown key \"lable\"; did you mean \"label\"?"},
      {{.policies = R"([{"type":"uniform","gamma":1}])"},
       "f.json:4:31: /policies/0/gamma: unknown key \"gamma\"; known are type, label"},
  };
  for (const auto& [keys, message] : cases) EXPECT_EQ(error(config(keys)), message);
  EXPECT_THAT(error(config({.policies = R"([{"type":"unifrom"}])"})),
              testing::AllOf(testing::StartsWith("f.json:4:21: /policies/0/type: \"unifrom\" is "
                                                 "not an option; expected \"uniform\""),
                             testing::EndsWith("; did you mean \"uniform\"?")));
}

TEST_F(ConfigErrors, OfTheSweep) {
  const auto swept = [](const std::string& sweep) {
    return Keys{.more = "\"sweep\":{" + sweep + "},"};
  };
  const Case cases[] = {
      {{.more = "\"sweep\":[],"},
       "f.json:1:10: /sweep: [] is a list; expected an object of paths and lists of values"},
      {swept("\"horizon\":5"),
       "f.json:1:21: /sweep/horizon: 5 is a number; expected a list of values"},
      {swept("\"horizon\":[]"), "f.json:1:21: /sweep/horizon: an empty list; nothing would run"},
      {swept("\"horizon\":[1,2,1.0]"), "f.json:1:26: /sweep/horizon/2: 1 is in the list already"},
      {swept("\"horizon\":[1,2,0]"),
       "f.json:1:26: /horizon: 0 is out of range" + kHorizon + " (with horizon=0)"},
      {swept("\"seeds\":[1]"), "f.json:1:11: /sweep/seeds: \"seeds\"" + kSweep},
      {swept("\"name\":[\"a\"]"), "f.json:1:11: /sweep/name: \"name\"" + kSweep},
      {swept("\"record.points\":[5]"), "f.json:1:11: /sweep/record.points: \"record\"" + kSweep},
      {swept("\"policies.0.label\":[\"a\"]"),
       "f.json:1:11: /sweep/policies.0.label: the label of a policy cannot be swept; list several "
       "policies instead"},
      {swept("\"policies.0.type\":[\"oracle\"]"),
       "f.json:1:11: /sweep/policies.0.type: the type of a policy cannot be swept; list several "
       "policies instead"},
      {swept("\"policies.1.gamma\":[1]"),
       "f.json:1:11: /policies: no policy \"1\"; expected 0 (uniform)"},
      {swept("\"policies.unifrm.gamma\":[1]"),
       "f.json:1:11: /policies: no policy \"unifrm\"; did you mean \"uniform\"?"},
      {swept("\"policies.uniform.gamma\":[1,2]"),
       "f.json:1:11: /policies/0/gamma: unknown key \"gamma\"; known are type, label"},
      {swept("\"environment.dimm\":[1,2]"),
       "f.json:1:11: /environment/dimm: unknown key \"dimm\"; did you mean \"dim\"?"},
      {swept("\"horizonn\":[1,2]"),
       "f.json:1:11: /horizonn: unknown key \"horizonn\"; did you mean \"horizon\"?"},
      {swept("\"environment..dim\":[1,2]"),
       "f.json:1:11: \"environment..dim\" is not a path; expected keys with dots"},
      {swept("\"\":[1]"), "f.json:1:11: \"\" is not a path; expected keys with dots"},
      {swept("\"environment.dim\":[1],\"environment\":[{\"type\":\"linear\"}]"),
       "f.json:1:33: /sweep/environment: overlaps another swept path, /environment/dim"},
      {swept("\"environment.noise\":[1,\"x\"],\"environment.dim\":[2,3]"),
       "f.json:1:34: /environment/noise: \"x\" is a string; expected a number >= 0 or an object "
       "with "
       "\"type\" (with environment.noise=\"x\", environment.dim=2)"},
      {swept("\"environment.type\":[\"cosine\",\"quadratic_form\"],\"environment.parameter\":"
             "[\"ball\"]"),
       "f.json:1:58: /environment/parameter: unknown key \"parameter\"; did you mean "
       "\"parameter_seed\"? (with environment.type=\"quadratic_form\", "
       "environment.parameter=\"ball\")"},
  };
  for (const auto& [keys, message] : cases) EXPECT_EQ(error(config(keys)), message);
}

TEST_F(ConfigErrors, AreAllReportedTogetherFromTopToBottom) {
  EXPECT_EQ(error("{ // x\n \"seeds\": [1, 1],\n \"environment\": {\"type\": \"cosine\", \"dim\": "
                  "0},\n \"policies\": [{\"type\": \"uniform\", \"x\": 1}], \"record\": {}}"),
            "f.json:1:1: /horizon: missing" + kHorizon +
                "\nf.json:2:15: /seeds/1: 1 is in the list already\nf.json:3:43: /environment/dim: "
                "0 is out of range; expected an integer in [1, "
                "1000000]\nf.json:4:35: /policies/0/x: unknown key \"x\"; known are type, label");
}

TEST_F(ConfigErrors, OfAHugeGridComeAtOnceAndNotAfterHours) {
  std::string values = "[1";
  for (int i = 2; i <= 1000; ++i) values += ',' + std::to_string(i);
  values += ']';
  EXPECT_EQ(error(config({.more = "\"sweep\":{\"horizon\":" + values + ",\"environment.dim\":" +
                                  values + ",\"environment.arms\":" + values + "},"})),
            "f.json:1:10: /sweep: the grid has more than 100000 points; split it into several "
            "experiments");
}

TEST_F(ConfigErrors, OfUnreadableConfigsAreIoErrors) {
  EXPECT_THROW(load_experiment(path("none.json"), {}), IoError);
  EXPECT_THROW(load_experiment(folder_, {}), IoError);
}

TEST_F(ConfigErrors, CountAtLeastAsFarAsTheWholeText) {
  EXPECT_EQ(error(""),
            "f.json:1:1: not JSON: unexpected end of input; expected '[', '{', or a "
            "literal (in value)");
  EXPECT_EQ(error("[]"), "f.json:1:1: [] is a list; expected a config, an object");
  EXPECT_EQ(error(std::string(100000, '[')), "f.json:1:65: nested more than 64 levels deep");
}

TEST_F(ConfigErrors, OfMorePoliciesThanAreReadNeedNoSweep) {
  std::string policies = "[1";
  for (int i = 0; i < 100001; ++i) policies += ",1";
  EXPECT_EQ(
      error(config({.policies = policies + ']'})),
      "f.json:1:1: the config has more than 100000 points; split it into several experiments");
}

TEST_F(ConfigErrors, OfAHugeGridNeedNoPolicies) {
  std::string sweep = "\"sweep\":{";
  for (int axis = 0; axis < 20; ++axis) {
    sweep += (axis > 0 ? ",\"environment.x" : "\"environment.x") + std::to_string(axis) + "\":[0";
    for (int i = 1; i < 100; ++i) sweep += ',' + std::to_string(i);
    sweep += ']';
  }
  for (const std::string policies : {"[]", "[{\"type\":\"uniform\"}]"}) {
    EXPECT_EQ(error(config({.policies = policies, .more = sweep + "},"})),
              "f.json:1:10: /sweep: the grid has more than 100000 points; split it into several "
              "experiments");
  }
}

// A point has its own copy of the settings.
TEST_F(ConfigErrors, OfAGridThatHoldsTooMuch) {
  std::string changes = "[1", horizons = "[1";
  for (int i = 2; i < 20000; ++i) changes += ',' + std::to_string(i);
  for (int i = 2; i < 1000; ++i) horizons += ',' + std::to_string(i);
  Keys keys = environment("\"wrappers\":[{\"type\":\"drift\",\"at\":" + changes + "]}]");
  keys.more = "\n\"sweep\":{\"horizon\":" + horizons + "]},";
  EXPECT_EQ(error(config(keys)),
            "f.json:2:9: /sweep: the grid has more than 5000000 values at all its points; split it "
            "into several experiments");
}

TEST_F(ConfigErrors, OfMorePathsThanAreSwept) {
  std::string sweep = "\"sweep\":{\"a\":[1]";
  for (int i = 0; i < 100; ++i) sweep += ",\"a" + std::to_string(i) + "\":[1]";
  EXPECT_EQ(error(config({.more = sweep + "},"})),
            "f.json:1:10: /sweep: 101 paths, more than 100; split it into several experiments");
}

TEST_F(ConfigErrors, OfASweptListComeInTimeLinearInIt) {
  std::string values = "[0";
  for (int i = 0; i < 500000; ++i) values += ',' + std::to_string(i);
  EXPECT_THAT(error(config({.more = "\"sweep\":{\"horizon\":" + values + "]},"})),
              testing::HasSubstr("/sweep/horizon/1: 0 is in the list already"));
}

TEST_F(ConfigErrors, OfMoreRunsThanFit) {
  EXPECT_EQ(
      error(config({.more = "\"seeds\":1000000,\"sweep\":{\"horizon\":[1,2]},"})),
      "f.json:1:10: /seeds: 2 settings of policies and worlds with 1000000 seeds each are more "
      "than 1000000 runs; split them into several experiments");
  std::string seeds = "[0", horizons = "[1";
  for (int i = 1; i < 99999; ++i) seeds += ',' + std::to_string(i);
  for (int i = 2; i < 12; ++i) horizons += ',' + std::to_string(i);
  EXPECT_THAT(error(config(
                  {.more = "\"seeds\":" + seeds + "],\"sweep\":{\"horizon\":" + horizons + "]},"})),
              testing::StartsWith(
                  "f.json:1:10: /seeds: 11 settings of policies and worlds with 99999 seeds each"));
}

TEST_F(ConfigErrors, OfManyEntriesEndSoon) {
  std::string policies = "[1";
  for (int i = 0; i < 99999; ++i) policies += ",1";
  EXPECT_THAT(error(config({.policies = policies + ']'})), testing::EndsWith("errors more"));
}

TEST_F(ConfigErrors, OfFilesWithControlCharactersInTheirNamesHaveNone) {
  try {
    load(config({.environment = R"({"type":"table","path":"\u001b[31m\n"})"}));
    FAIL();
  } catch (const IoError& error) {
    EXPECT_THAT(without_folder(error.what()),
                testing::HasSubstr("/environment/path: cannot read  [31m : No such file"));
  }
}

}  // namespace
}  // namespace cbsim
