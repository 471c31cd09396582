#include <zlib.h>

#include "cbsim/experiment/config_loader.hpp"
#include "experiment/config_fixture.hpp"
#include "experiment/toy_specs.hpp"

namespace cbsim {
namespace {

class ConfigFiles : public ConfigTest {
 protected:
  /// Loads a config of toys that stands in the test's folder.
  Experiment load_toys(const std::string& text, const std::string& in = "") const {
    Problems problems;
    const auto root =
        parse_json(text, std::make_shared<const std::string>("f.json"), false, problems);
    Experiment experiment;
    if (root) experiment = ConfigLoader(*root, path(in), "f", problems, toy_registry()).load();
    problems.raise();
    return experiment;
  }

  template <class Error>
  std::string fails(const std::string& text) const {
    try {
      load_toys(text);
    } catch (const Error& error) {
      return without_folder(error.what());
    }
    return "no error";
  }

  static std::string config(const std::string& file, const std::string& more = "") {
    return R"({"horizon":2,"policies":[{"type":"toy"}],)" + more +
           "\n\"environment\":{\"type\":\"table\",\"path\":\"" + file + "\"}}";
  }
};

TEST_F(ConfigFiles, AreReadRelativeToTheConfigAndHashedByContent) {
  write("data/a.csv", "1\n2\n");
  write("data/b.csv", "1\n2\n");
  write("data/c.csv", "1\n3\n");
  const auto a = load_toys(config("data/a.csv"));
  EXPECT_EQ(a.cells[0].environment->facts().rounds, 2);
  EXPECT_EQ(a.cells[0].identity, load_toys(config("b.csv"), "data").cells[0].identity);
  EXPECT_NE(a.cells[0].identity, load_toys(config("data/c.csv")).cells[0].identity);
  EXPECT_THAT(a.cells[0].identity, testing::HasSubstr("\"path\":\"xxh3:"));
  EXPECT_THAT(a.cells[0].identity, testing::Not(testing::HasSubstr(folder_)));
}

TEST_F(ConfigFiles, AreWrittenWithAbsolutePathsSoThatTheResolvedConfigWorksAnywhere) {
  write("a.csv", "1\n2\n");
  const auto first = load_toys(config("./a.csv"));
  EXPECT_THAT(first.resolved_json, testing::HasSubstr("\"path\": \"" + path("a.csv") + '"'));
  const auto second = load_toys(first.resolved_json, "elsewhere/deep");
  EXPECT_EQ(first.resolved_json, second.resolved_json);
  EXPECT_EQ(first.cells[0].identity, second.cells[0].identity);
}

TEST_F(ConfigFiles, AreUnpackedWhenTheyAreGzip) {
  const gzFile file = gzopen(path("a.csv.gz").c_str(), "wb");
  gzputs(file, "1\n2\n");
  gzclose(file);
  write("a.csv", "1\n2\n");
  EXPECT_EQ(load_toys(config("a.csv.gz")).cells[0].identity,
            load_toys(config("a.csv")).cells[0].identity);
}

TEST_F(ConfigFiles, AreLoadedOnceForAllCellsThatNameThem) {
  write("a.csv", "1\n2\n");
  ToyTable::loads = 0;
  const auto experiment =
      load_toys(config("a.csv", R"("sweep":{"horizon":[1,2],"policies.toy.gamma":[0.1,0.2]},)"));
  EXPECT_EQ(experiment.cells.size(), 4u);
  EXPECT_EQ(ToyTable::loads, 1);
}

TEST_F(ConfigFiles, AreSweptUnderTheirNames) {
  write("a.csv", "1\n2\n");
  write("b.csv", "1\n2\n3\n");
  const auto first =
      load_toys(config("a.csv", R"("sweep":{"environment.path":["a.csv","b.csv"]},)"));
  EXPECT_THAT(first.cells[1].swept_values, testing::ElementsAre("b.csv"));
  const auto second = load_toys(first.resolved_json, "elsewhere");
  EXPECT_EQ(first.cells[1].swept_values, second.cells[1].swept_values);
  EXPECT_EQ(first.cells[1].identity, second.cells[1].identity);
}

TEST_F(ConfigFiles, ThatCannotBeReadAreIoErrors) {
  EXPECT_EQ(fails<IoError>(config("none.csv")),
            "f.json:2:38: /environment/path: cannot read none.csv: No such file or directory");
  std::filesystem::create_directory(path("dir"));
  EXPECT_EQ(fails<IoError>(config("dir")),
            "f.json:2:38: /environment/path: cannot read dir: it is a folder, not a file");
}

TEST_F(ConfigFiles, ThatAreBrokenAreInputErrors) {
  write("cut.gz", "\x1f\x8b\x08");
  EXPECT_EQ(fails<InputError>(config("cut.gz")),
            "f.json:2:38: /environment/path: cut.gz: broken gzip data: they end too early");
  write("bad.csv", "bad\n");
  EXPECT_EQ(fails<InputError>(config("bad.csv")),
            "f.json:2:15: /environment: bad.csv:1: bad is no number");
  EXPECT_EQ(fails<InputError>(config("a\\u0000b")),
            "f.json:2:38: /environment/path: a file name with a NUL character");
}

TEST_F(ConfigFiles, BoundTheHorizonByTheirRounds) {
  write("a.csv", "1\n");
  EXPECT_EQ(fails<InputError>(config("a.csv")),
            "f.json:1:12: /horizon: 2 is beyond the 1 rounds that the data of the environment "
            "\"table\" have; ask for at most 1");
}

TEST_F(ConfigFiles, AreCheckedAgainstRulesOfEnvironmentAndPolicy) {
  write("a.csv", "1\n2\n");
  EXPECT_EQ(fails<InputError>(config("a.csv", R"("sweep":{"environment.arms":[2,13]},)")),
            "f.json:1:73: /environment/arms: 13 is unlucky (with environment.arms=13)");
  EXPECT_EQ(
      fails<InputError>(config(
          "a.csv", R"("sweep":{"policies.0.network.width":[1,5],"environment.arms":[2,3]},)")),
      "f.json:1:79: /policies/0/network/width: 1 is below the 2 arms (with "
      "policies.0.network.width=1, environment.arms=2)\n"
      "f.json:1:79: /policies/0/network/width: 1 is below the 3 arms (with "
      "policies.0.network.width=1, environment.arms=3)");
}

TEST_F(ConfigFiles, LeaveNestedSettingsOfEveryKindUnchangedWhenResolved) {
  write("a.csv", "1\n2\n");
  write("w.csv", "0\n");
  const auto first = load_toys(config("a.csv", R"("sweep":{"policies.toy.gamma":[0.1,
      {"schedule":"theorem","C":[1,2,3]},{"schedule":"self_normalized"}],
      "policies.toy.network.init":["he",{"file":"w.csv"}],
      "policies.toy.training.refit":[{"every":2},{"schedule":"doubling"}]},)"));
  const auto second = load_toys(first.resolved_json, "elsewhere");
  ASSERT_EQ(first.cells.size(), 12u);
  EXPECT_EQ(first.resolved_json, second.resolved_json);
  for (std::size_t i = 0; i < first.cells.size(); ++i) {
    EXPECT_EQ(first.cells[i].identity, second.cells[i].identity);
    EXPECT_EQ(first.cells[i].swept_values, second.cells[i].swept_values);
  }
}

TEST_F(ConfigFiles, SweptTagsKeepOnlyWhatTheUserWroteOfTheirObject) {
  write("a.csv", "1\n2\n");
  const auto first = load_toys(
      config("a.csv", R"("sweep":{"policies.toy.gamma.schedule":["theorem","self_normalized"]},)"));
  const auto second = load_toys(first.resolved_json);
  EXPECT_EQ(first.cells[0].identity, second.cells[0].identity);
  EXPECT_EQ(first.cells[1].identity, second.cells[1].identity);
}

}  // namespace
}  // namespace cbsim
