#include "experiment/config_fixture.hpp"

namespace cbsim {
namespace {

using testing::ElementsAre;

class OverridesTest : public ConfigTest {
 protected:
  static constexpr const char* kConfig = R"({"horizon":10,"environment":{"type":"cosine"},
"policies":[{"type":"uniform","label":"a.b"},{"type":"oracle","label":"a"},{"type":"uniform"}]})";

  Experiment with(const Overrides& overrides) const { return load(kConfig, overrides); }
  std::string fails(const Overrides& overrides) const { return error(kConfig, overrides); }

  static std::vector<std::string> labels(const Experiment& experiment) {
    std::vector<std::string> out;
    for (const auto& cell : experiment.cells) out.push_back(cell.policy_label);
    return out;
  }
};

TEST_F(OverridesTest, SetReplacesAndCreatesValues) {
  const auto experiment = with({.sets = {{"horizon", "20"},
                                         {"name", "new"},
                                         {"environment.dim", "3"},
                                         {"record.points", "5"},
                                         {"environment.parameter_seed", "4"}}});
  EXPECT_EQ(experiment.name, "new");
  EXPECT_EQ(experiment.cells[0].horizon, 20);
  EXPECT_EQ(experiment.cells[0].environment->facts().shape.dim, 3);
  EXPECT_EQ(experiment.record.points, 5);
  EXPECT_THAT(experiment.resolved_json, testing::HasSubstr("\"parameter_seed\": 4"));
}

TEST_F(OverridesTest, FindsPoliciesByTheLongestLabelThenByIndex) {
  EXPECT_THAT(labels(with({.sets = {{"policies.a.b.label", "x"}}})),
              ElementsAre("x", "a", "uniform"));
  EXPECT_THAT(labels(with({.sets = {{"policies.a.label", "x"}}})),
              ElementsAre("a.b", "x", "uniform"));
  EXPECT_THAT(labels(with({.sets = {{"policies.uniform.label", "x"}}})),
              ElementsAre("a.b", "a", "x"));
  EXPECT_THAT(labels(with({.sets = {{"policies.2.label", "x"}}})), ElementsAre("a.b", "a", "x"));
}

TEST_F(OverridesTest, AppliesOneAfterTheOther) {
  EXPECT_THAT(labels(with({.sets = {{"policies.a.label", "c"}, {"policies.c.label", "d"}}})),
              ElementsAre("a.b", "d", "uniform"));
}

TEST_F(OverridesTest, ReplacesWholeObjectsAndLists) {
  const auto experiment = with({.sets = {{"environment", R"({"type":"linear","dim":2})"},
                                         {"policies", R"([{"type":"uniform"}])"},
                                         {"seeds", "[4,9]"},
                                         {"seeds.1", "7"}}});
  EXPECT_EQ(experiment.cells.at(0).environment_type->name, "linear");
  EXPECT_EQ(experiment.cells.size(), 1u);
  EXPECT_THAT(experiment.seeds, ElementsAre(4u, 7u));
}

TEST_F(OverridesTest, ErrorsStandAtTheirFlag) {
  const std::pair<Override, std::string> cases[] = {
      {{"environment.noise", "x"},
       "--set environment.noise=x: /environment/noise: \"x\" is a string; expected a number >= 0 "
       "or an object with \"type\""},
      {{"environment.nois", "1"},
       "--set environment.nois=1: /environment/nois: unknown key \"nois\"; did you mean "
       "\"noise\"?"},
      {{"policies.a.gamma", "1"},
       "--set policies.a.gamma=1: /policies/1/gamma: unknown key \"gamma\"; known are type, label"},
      {{"policies.unifrm.x", "1"},
       "--set policies.unifrm.x=1: /policies: no policy \"unifrm\"; did you mean \"uniform\"?"},
      {{"policies.7.x", "1"},
       "--set policies.7.x=1: /policies: no policy \"7\"; expected 0 (a.b), 1 (a) or 2 (uniform)"},
      {{"horizon", ""},
       "--set horizon=: /horizon: \"\" is a string; expected an integer in [1, 1000000000]"},
      {{"horizon", "1e400"},
       "--set horizon=1e400: /horizon: \"1e400\" is a string; expected an integer in [1, "
       "1000000000]"},
      {{"record", R"({"points":5,"points":6})"},
       "--set record={\"points\":5,\"points\":6}: /points: duplicate key"},
      {{"a..b", "1"}, "--set a..b=1: \"a..b\" is not a path; expected keys with dots"},
      {{"a.", "1"}, "--set a.=1: \"a.\" is not a path; expected keys with dots"},
  };
  for (const auto& [change, message] : cases) {
    EXPECT_EQ(fails({.sets = {change}}), message);
  }
}

TEST_F(OverridesTest, ValuesAreTextInUtf8) {
  const std::string message = fails({.sets = {{"name", "virore\xBB"}}});
  EXPECT_THAT(message, ::testing::HasSubstr("the value is not text in UTF-8"));
}

TEST_F(OverridesTest, SetReplacesANumberByAnObjectAndTheOtherWayRound) {
  EXPECT_EQ(fails({.sets = {{"horizon.x", "1"}}}),
            "--set horizon.x=1: /horizon: {\"x\":1} is an object; expected an integer in [1, "
            "1000000000]");
  EXPECT_EQ(fails({.sets = {{"record", "5"}}}),
            "--set record=5: /record: 5 is a number; expected an object");
  EXPECT_EQ(with({.sets = {{"horizon.x", "1"}, {"horizon", "7"}}}).cells[0].horizon, 7);
}

TEST_F(OverridesTest, EndlessPathsAreErrors) {
  std::string path = "environment";
  for (int i = 0; i < 100000; ++i) path += ".a";
  EXPECT_THAT(fails({.sets = {{path, "1"}}}), testing::HasSubstr("a path with too many dots"));
}

TEST_F(OverridesTest, SeedsAreACountARangeOrAList) {
  EXPECT_THAT(with({.seeds = "3"}).seeds, ElementsAre(0u, 1u, 2u));
  EXPECT_THAT(with({.seeds = "5:8"}).seeds, ElementsAre(5u, 6u, 7u));
  EXPECT_EQ(with({.seeds = "5:100005"}).seeds.size(), 100000u);
  EXPECT_THAT(with({.seeds = "9,1,4"}).seeds, ElementsAre(9u, 1u, 4u));
  EXPECT_THAT(with({.seeds = "9007199254740991:9007199254740992"}).seeds,
              ElementsAre(9007199254740991u));
}

TEST_F(OverridesTest, BrokenSeedsAreErrors) {
  const std::string forms = "; expected a count (10), a range (5:8 = 5, 6, 7) or a list (1,4,9)";
  const std::pair<std::string, std::string> cases[] = {
      {"x", "\"x\" is no seed" + forms},
      {"1,,2", "\"\" is no seed" + forms},
      {"-1", "\"-1\" is no seed" + forms},
      {"1.5", "\"1.5\" is no seed" + forms},
      {"1:2:3", "\"1:2:3\" is no range" + forms},
      {":3", "\":3\" is no range" + forms},
      {"8:5", "the range 8:5 is empty; its end must be above its start"},
      {"5:5", "the range 5:5 is empty; its end must be above its start"},
      {"5:2000000", "the range 5:2000000 has more than 1000000 seeds"},
      {"5:100006",
       "100001 seeds are more than the 100000 that may be listed; a count may be larger"},
      {"0:0", "the range 0:0 is empty; its end must be above its start"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(fails({.seeds = text}), "--seeds " + text + ": /seeds: " + message);
  }
  EXPECT_EQ(fails({.seeds = "1,1"}), "--seeds 1,1: /seeds/1: 1 is in the list already");
  EXPECT_THAT(fails({.seeds = "0"}), testing::StartsWith("--seeds 0: /seeds: 0 is out of range"));
  EXPECT_THAT(fails({.seeds = "0:2000000"}),
              testing::StartsWith("--seeds 0:2000000: /seeds: 2000000 is out of range"));
}

TEST_F(OverridesTest, GridAddsAxesAndReplacesThoseOfTheConfig) {
  auto experiment = with({.grids = {{"environment.dim", "2,3"}, {"horizon", "[5,6,7]"}}});
  EXPECT_THAT(experiment.swept_paths, ElementsAre("environment.dim", "horizon"));
  EXPECT_EQ(experiment.cells.size(), 3u * 6u);
  experiment = with({.sets = {{"sweep", R"({"environment.dim":[2],"horizon":[5]})"}},
                     .grids = {{"environment.dim", "4,5"}}});
  EXPECT_THAT(experiment.swept_paths, ElementsAre("environment.dim", "horizon"));
  EXPECT_THAT(experiment.cells[1].swept_values, ElementsAre("5", "5"));
}

TEST_F(OverridesTest, GridTakesStringsAndObjectsWithCommasInside) {
  const auto experiment =
      with({.grids = {
                {"environment", R"({"type":"cosine","dim":2},{"type":"linear","contexts":"ball"})"},
                {"horizon", "5"}}});
  EXPECT_EQ(experiment.cells.size(), 3u * 2u);
  EXPECT_EQ(experiment.cells[1].environment_type->name, "linear");
  const auto words = with({.grids = {{"environment.contexts", "sphere,\"ball\""}}});
  EXPECT_THAT(words.cells[1].swept_values, ElementsAre("ball"));
}

TEST_F(OverridesTest, BrokenGridsAreErrorsAtTheirFlag) {
  EXPECT_EQ(fails({.grids = {{"horizon", "1,,2"}}}),
            "--grid horizon=1,,2: /horizon: an empty value; expected values with commas between "
            "them");
  EXPECT_EQ(fails({.grids = {{"horizon", "1,x"}}}),
            "--grid horizon=1,x: /horizon: \"x\" is a string; expected an integer in [1, "
            "1000000000] (with horizon=\"x\")");
  EXPECT_EQ(fails({.grids = {{"seeds", "1,2"}}}),
            "--grid seeds=1,2: /sweep/seeds: \"seeds\" cannot be swept; sweep the horizon, "
            "settings of the environment or settings of a policy");
}

}  // namespace
}  // namespace cbsim
