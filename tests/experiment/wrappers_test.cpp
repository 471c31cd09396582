#include <nlohmann/json.hpp>

#include "cbsim/experiment/config_loader.hpp"
#include "experiment/config_fixture.hpp"
#include "experiment/toy_specs.hpp"

namespace cbsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Wrappers : public ConfigTest {
 protected:
  static std::string config(const std::string& wrappers, const std::string& more = "") {
    return R"({"horizon":10,"policies":[{"type":"uniform"}],)" + more +
           "\n\"environment\":{\"type\":\"linear\"" +
           (wrappers.empty() ? "" : ",\"wrappers\":" + wrappers) + "}}";
  }
  Cell cell(const std::string& wrappers) const { return load(config(wrappers)).cells.at(0); }
  static Index arrival(const Cell& cell, Index t = 1) {
    return cell.environment->create(0)->arrival(t);
  }
};

TEST_F(Wrappers, ChangeTheWorldInTheirOrder) {
  const auto both = cell(R"([{"type":"delay","rounds":3},
      {"type":"delay","rounds":{"law":"batch","size":5}}])");
  EXPECT_EQ(arrival(both), 5);
  EXPECT_EQ(arrival(both, 3), 10);
  const auto reversed = cell(R"([{"type":"delay","rounds":{"law":"batch","size":5}},
      {"type":"delay","rounds":3}])");
  EXPECT_EQ(arrival(reversed), 8);
  EXPECT_EQ(both.environment_type->name, "linear");
  EXPECT_EQ(both.environment->facts().shape.arms, 4);
  EXPECT_EQ(arrival(cell("")), 1);
}

TEST_F(Wrappers, AreInTheKeyOfARunWhereThereAreAny) {
  const std::string none = cell("").identity;
  EXPECT_THAT(none, testing::Not(HasSubstr("wrappers")));
  EXPECT_EQ(none, cell("[]").identity);
  const std::string delay = cell(R"([{"type":"delay"}])").identity;
  EXPECT_THAT(delay, HasSubstr(R"("parameter":"unit","wrappers":[{"type":"delay","rounds":10}]})"));
  EXPECT_EQ(delay, cell(R"([{"rounds":10.0,"type":"delay"}])").identity);
  EXPECT_NE(delay, cell(R"([{"type":"delay","rounds":11}])").identity);
  EXPECT_NE(delay, cell(R"([{"type":"delay"},{"type":"delay"}])").identity);
}

TEST_F(Wrappers, SurviveResolvingAndAreShown) {
  const auto first = load(config(R"([{"type":"delay","rounds":{"law":"geometric"}},
      {"type":"drift","at":[3,6]}])"));
  const auto json = nlohmann::json::parse(first.resolved_json);
  EXPECT_EQ(json["environment"]["wrappers"].dump(),
            R"([{"rounds":{"law":"geometric","mean":10},"type":"delay"},)"
            R"({"at":[3,6],"over":1,"type":"drift"}])");
  const auto second = load_experiment(write("config.json", first.resolved_json), {});
  EXPECT_EQ(second.resolved_json, first.resolved_json);
  EXPECT_EQ(second.cells[0].identity, first.cells[0].identity);
  EXPECT_EQ(nlohmann::json::parse(load(config("")).resolved_json)["environment"]["wrappers"],
            nlohmann::json::array());
}

TEST_F(Wrappers, AreSetFromTheCommandLine) {
  const std::string text = config(R"([{"type":"delay"},{"type":"delay","rounds":1}])");
  const auto experiment =
      load(text, {.sets = {{"environment.wrappers.1.rounds", R"({"law":"batch","size":7})"},
                           {"environment.wrappers.0.rounds", "2"}}});
  EXPECT_EQ(arrival(experiment.cells[0]), 7);
  EXPECT_EQ(arrival(load(text, {.sets = {{"environment.wrappers", "[]"}}}).cells[0]), 1);
  EXPECT_EQ(error(text, {.sets = {{"environment.wrappers.2.rounds", "1"}}}),
            "--set environment.wrappers.2.rounds=1: /environment/wrappers: no entry \"2\"; the "
            "list has 2");
}

TEST_F(Wrappers, AreSwept) {
  const auto experiment =
      load(config(R"([{"type":"delay"}])",
                  R"("sweep":{"environment.wrappers.0.rounds":[0,{"law":"batch"},5]},)"));
  std::vector<std::string> values;
  std::vector<Index> arrivals;
  for (const auto& cell : experiment.cells) {
    values.push_back(cell.swept_values.at(0));
    arrivals.push_back(arrival(cell));
  }
  EXPECT_THAT(values, ElementsAre("0", R"({"law":"batch","size":100})", "5"));
  EXPECT_THAT(arrivals, ElementsAre(1, 100, 6));

  const auto whole = load(config(
      "[]",
      R"("sweep":{"environment.wrappers":[[],[{"type":"delay"}]],"environment.dim":[2,3]},)"));
  EXPECT_THAT(whole.cells.at(2).swept_values,
              ElementsAre(R"([{"type":"delay","rounds":10}])", "2"));
  const auto again = load_experiment(write("config.json", whole.resolved_json), {});
  for (std::size_t i = 0; i < whole.cells.size(); ++i) {
    EXPECT_EQ(again.cells[i].identity, whole.cells[i].identity);
  }
}

TEST_F(Wrappers, HaveErrorsThatSayWhere) {
  const std::string forms = R"({"type": "delay", ...} or {"type": "drift", ...})";
  const std::pair<std::string, std::string> cases[] = {
      {"3", "f.json:2:43: /environment/wrappers: 3 is a number; expected a list of " + forms},
      {"[3]", "f.json:2:44: /environment/wrappers/0: 3 is a number; expected " + forms},
      {"[{}]",
       R"(f.json:2:44: /environment/wrappers/0/type: missing; expected "delay" or "drift")"},
      {R"([{"type":"delya"}])",
       "f.json:2:52: /environment/wrappers/0/type: \"delya\" is not an option; expected \"delay\" "
       "or \"drift\"; did you mean \"delay\"?"},
      {R"([{"type":"delay"},{"type":"delay","round":3}])",
       "f.json:2:77: /environment/wrappers/1/round: unknown key \"round\"; did you mean "
       "\"rounds\"?"},
      {R"([{"type":"delay","rounds":-1}])",
       "f.json:2:69: /environment/wrappers/0/rounds: -1 is out of range; expected an integer in "
       "[0, 1000000000], {\"law\": \"geometric\", ...} or {\"law\": \"batch\", ...}"},
      {R"([{"type":"delay","rounds":{"law":"poisson"}}])",
       "f.json:2:76: /environment/wrappers/0/rounds/law: \"poisson\" is not an option; expected "
       "\"geometric\" or \"batch\""},
      {R"([{"type":"drift"}])",
       "f.json:2:44: /environment/wrappers/0/at: missing; expected a list of numbers in [1, "
       "1000000000]"},
      {R"([{"type":"drift","at":[]}])",
       "f.json:2:65: /environment/wrappers/0/at: a list of 0; expected at least 1 numbers"},
      {R"([{"type":"delay"},{"type":"drift","at":[5,2]}])",
       "f.json:2:85: /environment/wrappers/1/at/1: 2 is not at least 1 (\"over\") after 5; a "
       "change must be over when the next one begins"},
  };
  for (const auto& [wrappers, message] : cases) {
    EXPECT_EQ(error(config(wrappers)), message) << wrappers;
  }
  std::string many = R"([{"type":"delay"})";
  for (int i = 1; i < 100; ++i) many += R"(,{"type":"delay"})";
  EXPECT_EQ(arrival(cell(many + "]")), 1001);
  EXPECT_EQ(error(config(many + R"(,{"type":"delay"}])")),
            "f.json:2:43: /environment/wrappers: a list of 101; expected at most 100");
}

TEST_F(Wrappers, RefuseWorldsThatTheyDoNotGoWith) {
  write("t.csv", "t,arm,x1,reward\n1,0,1,1\n2,0,1,1\n");
  const std::string text = R"({"horizon":2,"policies":[{"type":"uniform"}],
"environment":{"type":"table","path":"t.csv","wrappers":[{"type":"drift","at":[1]}]}})";
  EXPECT_THAT(error(text), testing::StartsWith("f.json:2:66: /environment/wrappers/0/type: drift "
                                               "draws the hidden parameter of an environment"));
}

TEST_F(Wrappers, LeaveTheFactsOfTheWorldToTheChecks) {
  write("t.csv", "t,arm,x1,reward\n1,0,1,1\n2,0,1,1\n");
  const auto text = [](const std::string& horizon, const std::string& policy) {
    return "{\"horizon\":" + horizon + ",\"policies\":[{\"type\":\"" + policy +
           "\"}],\n\"environment\":{\"type\":\"table\",\"path\":\"t.csv\",\"wrappers\":"
           "[{\"type\":\"delay\"}]}}";
  };
  EXPECT_EQ(error(text("2", "uniform")), "no error");
  EXPECT_EQ(error(text("3", "uniform")),
            "f.json:1:12: /horizon: 3 is beyond the 2 rounds that the data of the environment "
            "\"table\" have; ask for at most 2");
  EXPECT_THAT(error(text("2", "oracle")), HasSubstr("oracle needs expected rewards"));
}

TEST_F(Wrappers, ShareTheDataThatTheyAreAround) {
  write("a.csv", "1\n2\n");
  Problems problems;
  const auto root = parse_json(R"({"horizon":2,"policies":[{"type":"toy"}],
      "environment":{"type":"table","path":"a.csv","wrappers":[{"type":"delay"}]},
      "sweep":{"environment.wrappers.0.rounds":[1,2,3]}})",
                               std::make_shared<const std::string>("f.json"), false, problems);
  ToyTable::loads = 0;
  const Experiment experiment = ConfigLoader(*root, folder_, "f", problems, toy_registry()).load();
  problems.raise();
  EXPECT_EQ(experiment.cells.size(), 3u);
  EXPECT_EQ(ToyTable::loads, 1);
}

}  // namespace
}  // namespace cbsim
