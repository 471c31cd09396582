#include <sys/wait.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "experiment/config_fixture.hpp"

namespace cbsim {
namespace {

class ConfigCommands : public ConfigTest {
 protected:
  struct Result {
    int code;
    std::string out, err;
  };

  /// Runs cbsim in a shell; the words must need no quoting.
  Result run(const std::string& arguments) const {
    const std::string command = "cd " + folder_ + " && " CBSIM_BINARY " " + arguments + " >" +
                                path("out") + " 2>" + path("err");
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), read("out"), read("err")};
  }

  std::string read(const std::string& name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static constexpr const char* kGood =
      R"({"horizon":10,"seeds":3,"environment":{"type":"cosine"},"policies":[{"type":"uniform"}]})";
};

TEST_F(ConfigCommands, ValidateReportsEveryErrorOfEveryFile) {
  write("good.json", kGood);
  write("bad.json", "{\"horizon\":0,\n\"policies\":[],\"environment\":{\"type\":\"cosine\"}}");
  const auto result = run("validate bad.json good.json");
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "good.json: ok (3 runs)\n");
  EXPECT_EQ(result.err,
            "bad.json:1:12: /horizon: 0 is out of range; expected an integer in [1, 1000000000]\n"
            "bad.json:2:12: /policies: an empty list; expected a list of policies, [{\"type\": "
            "...}, ...]\n");
  EXPECT_EQ(run("validate good.json").code, 0);
  EXPECT_EQ(run("validate none.json good.json").code, 1);
}

TEST_F(ConfigCommands, ValidateAcceptsEveryExampleWhoseDataAreThere) {
  int count = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(CBSIM_SOURCE_DIR "/configs")) {
    if (!entry.is_regular_file()) continue;
    const auto result = run("validate '" + entry.path().string() + "'");
    const bool lacks_data = result.code == 1 && result.err.find("/../data/") != std::string::npos;
    EXPECT_TRUE(result.code == 0 || lacks_data) << result.err;
    ++count;
  }
  EXPECT_GT(count, 20);
}

TEST_F(ConfigCommands, ShowPrintsAConfigThatShowsAsItself) {
  write("good.json", kGood);
  const auto first = run("show good.json --set environment.dim=3 --set name=x --seeds 4,5");
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(nlohmann::json::parse(first.out)["environment"]["dim"], 3);
  write("again.json", first.out);
  EXPECT_EQ(run("show again.json").out, first.out);
}

TEST_F(ConfigCommands, ShowNamesTheFlagThatIsWrong) {
  write("good.json", kGood);
  const auto result = run("show good.json --set environment.dimm=3");
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, testing::HasSubstr("--set environment.dimm=3: /environment/dimm: unknown "
                                             "key \"dimm\"; did you mean \"dim\"?"));
}

TEST_F(ConfigCommands, ListPrintsTypesAndSettings) {
  EXPECT_THAT(run("list").out,
              testing::AllOf(testing::HasSubstr("uniform"), testing::HasSubstr("quadratic_form")));
  EXPECT_THAT(run("list policies").out, testing::Not(testing::HasSubstr("quadratic_form")));
  EXPECT_THAT(run("list environments").out, testing::Not(testing::HasSubstr("oracle")));
  EXPECT_THAT(run("list cosine").out, testing::HasSubstr("Gaussian noise"));
  EXPECT_EQ(run("list cosine").out, run("list environments cosine").out);
  EXPECT_THAT(run("list classification").out, testing::HasSubstr("\npayoffs.<arm>.<class> "));
  EXPECT_THAT(run("list logistic").out, testing::HasSubstr("{\"type\":\"bernoulli\"}"));
  EXPECT_THAT(run("list uniform").out, testing::HasSubstr("It has no settings."));
}

TEST_F(ConfigCommands, ListPrintsWrappersWithTheEnvironments) {
  EXPECT_THAT(run("list environments").out, testing::HasSubstr("\ndelay "));
  EXPECT_THAT(run("list policies").out, testing::Not(testing::HasSubstr("delay")));
  EXPECT_THAT(run("list delay").out,
              testing::AllOf(testing::StartsWith("wrapper delay: "),
                             testing::HasSubstr("rounds.mean"), testing::HasSubstr("law is")));
  EXPECT_EQ(run("list delay").out, run("list environments delay").out);
  EXPECT_THAT(run("list environments drft").err, testing::HasSubstr("did you mean \"drift\"?"));
  const std::string wrappers = run("list wrappers").out;
  EXPECT_THAT(wrappers, testing::StartsWith("WRAPPER"));
  EXPECT_THAT(run("list environments").out, testing::EndsWith('\n' + wrappers));
  EXPECT_EQ(run("list delay").out, run("list wrappers delay").out);
}

TEST_F(ConfigCommands, ExamplesAreValid) {
  std::size_t tested = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(CBSIM_SOURCE_DIR "/configs")) {
    if (!entry.is_regular_file()) continue;
    const auto result = run("validate " + entry.path().string());
    if (result.code == 1) continue;  // its data are not there
    EXPECT_EQ(result.code, 0) << result.err;
    ++tested;
  }
  EXPECT_GE(tested, 5u);
}

TEST_F(ConfigCommands, ListOfAWrongNameSuggestsTheNearest) {
  const auto result = run("list policies unifrom");
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, testing::HasSubstr("no policy \"unifrom\"; did you mean \"uniform\"?"));
  EXPECT_THAT(run("list cosinee").err, testing::HasSubstr("did you mean \"cosine\"?"));
}

TEST_F(ConfigCommands, SchemaAcceptsGoodConfigsAndRejectsBadOnes) {
  if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0) {
    GTEST_SKIP() << "needs python3-jsonschema";
  }
  write("schema.json", run("schema").out);
  write("good.json", kGood);
  write("shown.json", run("show good.json").out);
  write(
      "wrapped.json",
      run(R"(show good.json --set 'environment.wrappers=[{"type":"delay"},{"type":"drift","at":[3]}]')")
          .out);
  auto payoffs = nlohmann::json::parse(kGood);
  payoffs["environment"] = nlohmann::json::parse(
      R"({"type":"classification","path":"x","payoffs":{"eat":{"e":5,"p":[5,-35],"q":
          {"values":[1,2],"probabilities":[0.5,0.5]}},"skip":0}})");
  write("payoffs.json", payoffs.dump());
  payoffs["environment"]["payoffs"]["eat"]["p"] = "x";
  write("bad_payoffs.json", payoffs.dump());
  const std::pair<std::string, std::string> bad[] = {
      {"/horizon", "0"},
      {"/horizon", "2.7"},
      {"/horizn", "1"},
      {"/seeds", "[]"},
      {"/seeds", "[-1]"},
      {"/policies", "[]"},
      {"/environment/dim", "0"},
      {"/environment/x", "1"},
      {"/environment/type", "\"x\""},
      {"/environment", "{}"},
      {"/policies/0/x", "1"},
      {"/policies/0/type", "\"x\""},
      {"/record/points", "1"},
      {"/record/spacing", "\"\""},
      {"/sweep", R"({"a":[]})"},
      {"/environment/noise", "-1"},
      {"/environment/wrappers", "{}"},
      {"/environment/wrappers", "[{}]"},
      {"/environment/wrappers", R"([{"type":"drift"}])"},
      {"/environment/wrappers", R"([{"type":"delay","rounds":-1}])"},
  };
  int number = 0;
  for (const auto& [pointer, value] : bad) {
    auto json = nlohmann::json::parse(kGood);
    json[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
    const std::string name = "bad" + std::to_string(number++) + ".json";
    write(name, json.dump());
    EXPECT_EQ(run("validate " + name).code, 2) << json.dump();
  }
  write("check.py", R"(import glob, json, jsonschema
schema = json.load(open("schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
names = ["good.json", "payoffs.json", "shown.json", "wrapped.json"] + sorted(glob.glob("bad*.json"))
print(*[n for n in names if validator.is_valid(json.load(open(n)))])
)");
  const std::string command =
      "cd " + folder_ + " && /usr/bin/python3 check.py >" + path("accepted");
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(read("accepted"), "good.json payoffs.json shown.json wrapped.json\n");
}

}  // namespace
}  // namespace cbsim
