#include <nlohmann/json.hpp>

#include "cbsim/experiment/registry.hpp"
#include "experiment/config_fixture.hpp"

namespace cbsim {
namespace {

using Identity = ConfigTest;

std::vector<std::string> identities(const Experiment& experiment) {
  std::vector<std::string> out;
  for (const auto& cell : experiment.cells) out.push_back(cell.identity);
  return out;
}

std::string with(const std::string& environment, const std::string& more = "") {
  return "{" + more + R"("horizon":10,"policies":[{"type":"uniform"}],"environment":)" +
         environment + "}";
}

TEST_F(Identity, IsCanonicalJsonOfAllThatDecidesTheNumbers) {
  const auto cell = load(with(R"({"type":"linear","dim":3})")).cells.at(0);
  EXPECT_EQ(cell.identity,
            R"({"policy":{"type":"uniform"},"environment":{"type":"linear","dim":3,"arms":4,)"
            R"("noise":1,"contexts":"sphere","scale":1,"parameter_seed":"run","parameter":"unit"},)"
            R"("horizon":10,"record":{"points":200,"spacing":"linear","rounds":false,)"
            R"("scores":false,"weights":"none"}})");
}

TEST_F(Identity, IgnoresOrderDefaultsAndSpelling) {
  const auto first = identities(load(with(R"({"type":"linear","dim":3,"noise":1})")));
  EXPECT_EQ(first, identities(load(with(R"({"noise":1.0,"dim":3e0,"type":"linear"})"))));
  EXPECT_EQ(first, identities(load(with(R"({"type":"linear","dim":3,"noise":10e-1})"))));
  EXPECT_EQ(first, identities(load(with(R"({"type":"linear","dim":3})",
                                        R"("name":"other","seeds":[7],"$schema":"x",)"))));
  const auto zero = identities(load(with(R"({"type":"linear","scale":0})")));
  EXPECT_EQ(zero, identities(load(with(R"({"type":"linear","scale":-0.0})"))));
}

TEST_F(Identity, ChangesWithEverySetting) {
  const auto first = identities(load(with(R"({"type":"linear"})")));
  for (const std::string change :
       {R"("dim":21)", R"("arms":5)", R"("noise":1.0000000000000002)", R"("contexts":"ball")",
        R"("scale":2)", R"("parameter_seed":0)", R"("parameter":"ball")"}) {
    EXPECT_NE(first, identities(load(with("{\"type\":\"linear\"," + change + "}")))) << change;
  }
  EXPECT_NE(first, identities(load(with(R"({"type":"cosine"})"))));
}

/// Required settings of the types that ship, so that each can be loaded.
bool has_required(const Settings& settings) {
  return std::ranges::any_of(settings, &Setting::required);
}

TEST_F(Identity, OfTheResolvedConfigIsThatOfTheConfigForEveryTypeThatShips) {
  std::filesystem::create_directory(path("out"));
  std::size_t tested = 0;
  for (const auto& environment : environment_types()) {
    if (has_required(environment.make()->settings())) continue;  // needs data
    for (const auto& policy : policy_types()) {
      if (has_required(policy.make()->settings())) continue;
      const std::string text = "{\"horizon\":10,\"seeds\":[3,1],\"environment\":{\"type\":\"" +
                               std::string(environment.name) + "\"},\"policies\":[{\"type\":\"" +
                               std::string(policy.name) + "\"}],\"sweep\":{\"horizon\":[5,6]}}";
      const auto first = load(text);
      const auto second = load_experiment(write("out/config.json", first.resolved_json), {});
      EXPECT_EQ(first.resolved_json, second.resolved_json);
      EXPECT_EQ(identities(first), identities(second));
      EXPECT_EQ(first.seeds, second.seeds);
      EXPECT_EQ(first.name, second.name);
      ++tested;
    }
  }
  EXPECT_GE(tested, 8u);
}

TEST_F(Identity, SurvivesResolvingSweepsOfEveryKind) {
  const std::string head = R"({"name":"é","horizon":10,"environment":{"type":"linear","dim":5},
    "policies":[{"type":"uniform","label":"a.b"},{"type":"oracle"}],"sweep":)";
  for (const std::string sweep :
       {R"({})", R"({"environment.dim":[2,3.0],"horizon":[1e1,20]})",
        R"({"environment.type":["linear","quadratic","quadratic_form"],"environment.dim":[3,2]})",
        R"({"environment":[{"type":"quadratic"},{"type":"cosine","noise":0}]})",
        R"({"environment.parameter_seed":["run",0,1]})"}) {
    const auto first = load(head + sweep + "}");
    const auto second = load_experiment(write("config.json", first.resolved_json), {});
    EXPECT_EQ(identities(first), identities(second));
    EXPECT_EQ(first.resolved_json, second.resolved_json);
    EXPECT_EQ(first.swept_paths, second.swept_paths);
    ASSERT_EQ(first.cells.size(), second.cells.size());
    for (std::size_t i = 0; i < first.cells.size(); ++i) {
      EXPECT_EQ(first.cells[i].swept_values, second.cells[i].swept_values);
      EXPECT_EQ(first.cells[i].policy_label, second.cells[i].policy_label);
    }
  }
}

TEST_F(Identity, ResolvedConfigIsPrettyJsonWithAllDefaults) {
  const auto json = nlohmann::ordered_json::parse(load(with(R"({"type":"linear"})")).resolved_json);
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_THAT(keys, testing::ElementsAre("name", "horizon", "seeds", "environment", "policies",
                                         "sweep", "record"));
  EXPECT_EQ(json["environment"]["arms"], 4);
  EXPECT_EQ(json["policies"][0]["label"], "uniform");
  EXPECT_EQ(json["record"]["points"], 200);
}

}  // namespace
}  // namespace cbsim
