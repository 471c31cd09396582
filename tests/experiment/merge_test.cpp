#include "cbsim/experiment/merge.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "cbsim/experiment/failure_note.hpp"
#include "cbsim/experiment/files.hpp"
#include "experiments.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ThrowsMessage;

/// Two policies under three labels, of which one throws for seed 1.
Experiment trial(std::vector<Seed> seeds) {
  const auto diagnose = [](Seed seed, Index t) -> Diagnostics {
    if (seed == 1 && t == 7) throw RunError("the refit diverged");
    return {};
  };
  return make_experiment({make_cell("uniform", "uniform"), make_test_cell("fragile", diagnose),
                          make_cell("again", "uniform")},
                         std::move(seeds));
}

class Results : public ::testing::Test {
 protected:
  fs::path folder(const std::string& name) const { return temporary_.path() / name; }

  /// What `cbsim run --keep-going` leaves, with the notes of failed runs and without tables.
  void run(const std::string& name, const Experiment& experiment) const {
    RunOptions options;
    options.keep_going = true;
    const auto trial = run_trial(experiment, folder(name), options);
    for (std::size_t i = 0; i < trial.report.plan.size(); ++i) {
      if (trial.report.outcomes[i].status != RunStatus::failed) continue;
      write_failure_note(folder(name), trial.report.plan[i].key, "the refit diverged");
    }
    for (const char* table : {"regret.csv", "summary.csv"}) {
      fs::create_directories(folder("tables of " + name));
      fs::rename(folder(name) / table, folder("tables of " + name) / table);
    }
  }
  ResultFolder results(const std::string& name, std::vector<Seed> seeds) const {
    return {folder(name), read_manifests(folder(name)), trial(std::move(seeds))};
  }
  MergeReport merge(const std::string& into, std::vector<Seed> seeds,
                    const std::vector<std::string>& others, bool partial = false) const {
    std::vector<fs::path> folders;
    for (const std::string& name : others) folders.push_back(folder(name));
    return merge_results(results(into, std::move(seeds)), folders, partial);
  }
  void expect_tables_of(const std::string& whole, const std::string& merged) const {
    for (const char* table : {"regret.csv", "summary.csv"}) {
      EXPECT_EQ(read_file(folder(merged) / table), read_file(folder("tables of " + whole) / table));
    }
  }
  static std::string key(const Experiment& experiment, std::size_t cell, Seed seed) {
    return run_key(experiment.cells[cell].identity, seed);
  }
  /// Changes a text in a manifest.
  void edit(const fs::path& manifest, const std::string& from, const std::string& to) const {
    std::string text = read_file(manifest);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    std::ofstream(manifest) << text.replace(at, from.size(), to);
  }

  TemporaryFolder temporary_;
};

using StatusTest = Results;
using MergeTest = Results;

TEST_F(StatusTest, TellsDoneMissingBegunAndFailedApart) {
  run("a", trial({0, 1}));
  const ResultFolder held = results("a", {0, 1, 2, 3});
  fs::create_directories(folder("a") / "checkpoints" / key(held.experiment, 1, 3));
  write_failure_note(folder("a"), key(held.experiment, 1, 0), "of an earlier try");
  const ExperimentStatus status = status_of(held);
  ASSERT_EQ(status.cells.size(), 3u);
  EXPECT_THAT(status.cells[0].done, ElementsAre(0u, 1u));
  EXPECT_THAT(status.cells[0].missing, ElementsAre(2u, 3u));
  EXPECT_THAT(status.cells[0].failed, IsEmpty());
  EXPECT_THAT(status.cells[1].done, ElementsAre(0u));
  ASSERT_EQ(status.cells[1].failed.size(), 1u);
  EXPECT_EQ(status.cells[1].failed[0].seed, 1u);
  EXPECT_EQ(status.cells[1].failed[0].cause, "the refit diverged");
  EXPECT_THAT(status.cells[2].done, ElementsAre(0u, 1u));
  EXPECT_EQ(status.done, 5u);
  EXPECT_EQ(status.missing, 6u);
  EXPECT_EQ(status.failed, 1u);
  EXPECT_EQ(status.begun, 1u);
}

TEST_F(MergeTest, WritesTheBytesOfOneRunFailuresAmongThem) {
  run("a", trial({0, 1, 2}));
  const MergeReport report = merge("a", {0, 1, 2}, {});
  EXPECT_TRUE(report.written);
  EXPECT_THAT(report.differences, IsEmpty());
  expect_tables_of("a", "a");
  EXPECT_THAT(read_file(folder("a") / "summary.csv"), HasSubstr(",failed,"));
}

TEST_F(MergeTest, CopiesWhatOtherFoldersHave) {
  run("whole", trial({0, 1, 2, 3}));
  run("a", trial({0}));
  run("b", trial({1, 2}));
  run("c", trial({2, 3}));
  const MergeReport report = merge("a", {0, 1, 2, 3}, {"b", "a", "c"});
  EXPECT_TRUE(report.written);
  EXPECT_EQ(report.copied, 5u);  // keys: two of seeds 2 and 3, one of seed 1
  expect_tables_of("whole", "a");
  EXPECT_EQ(read_failure_note(folder("a"), key(trial({1}), 1, 1)), "the refit diverged");
  fs::remove_all(folder("b"));
  fs::remove_all(folder("c"));
  EXPECT_EQ(merge("a", {0, 1, 2, 3}, {}).copied, 0u);
  expect_tables_of("whole", "a");
}

TEST_F(MergeTest, WritesNothingWhereRunsAreMissing) {
  run("a", trial({0}));
  run("b", trial({2}));
  const MergeReport report = merge("a", {0, 2, 3}, {"b"});
  EXPECT_FALSE(report.written);
  EXPECT_EQ(report.status.missing, 3u);
  EXPECT_FALSE(fs::exists(folder("a") / "summary.csv"));
  EXPECT_FALSE(fs::exists(folder("a") / "runs" / key(trial({2}), 0, 2)));
}

TEST_F(MergeTest, TakesWhatThereIsWhenPartial) {
  run("a", trial({0, 1}));
  EXPECT_TRUE(merge("a", {0, 1, 2}, {}, true).written);
  expect_tables_of("a", "a");
}

TEST_F(MergeTest, DoesNotTakeATornRun) {
  run("a", trial({0}));
  run("b", trial({2}));
  fs::resize_file(folder("b") / "runs" / key(trial({2}), 0, 2) / "curve.csv", 20);
  EXPECT_EQ(merge("a", {0, 2}, {"b"}).status.missing, 2u);
}

TEST_F(MergeTest, RefusesAnotherExperiment) {
  run("a", trial({0}));
  run("b", trial({5}));
  EXPECT_THAT([&] { merge("a", {0}, {"b"}); },
              ThrowsMessage<InputError>(
                  AllOf(HasSubstr("b/manifest.json: of another experiment"), HasSubstr("seed 5"))));
  run_trial(make_experiment({make_cell("best", "oracle")}), folder("c"));
  EXPECT_THAT([&] { merge("a", {0}, {"c"}); },
              ThrowsMessage<InputError>(HasSubstr("best (linear, horizon 40)")));
}

TEST_F(MergeTest, RefusesWhatIsNoFolderOfResults) {
  run("a", trial({0}));
  EXPECT_THAT([&] { merge("a", {0}, {"none"}); },
              ThrowsMessage<IoError>(HasSubstr("No such file or directory")));
  std::ofstream(folder("file")) << "x";
  EXPECT_THAT([&] { merge("a", {0}, {"file"}); },
              ThrowsMessage<InputError>(HasSubstr("it is not a folder")));
  fs::create_directory(folder("empty"));
  EXPECT_THAT([&] { merge("a", {0}, {"empty"}); },
              ThrowsMessage<InputError>(HasSubstr("it holds no manifest.json")));
  for (const char* text : {"", "{}", "[]", "null", "{\"cpu\": \"x\", \"build\": \"y\"}"}) {
    std::ofstream(folder("empty") / "manifest.json") << text;
    EXPECT_THAT([&] { merge("a", {0}, {"empty"}); },
                ThrowsMessage<InputError>(HasSubstr("manifest.json: damaged")))
        << text;
  }
}

TEST_F(MergeTest, RefusesAManifestOfNoBuild) {
  run("a", trial({0}));
  run("b", trial({0}));
  const fs::path manifest = folder("b") / "manifest.json";
  const auto whole = nlohmann::json::parse(read_file(manifest));
  nlohmann::json many;
  for (int i = 0; i < 101; ++i) many["f" + std::to_string(i)] = "x";
  for (const auto& build :
       {nlohmann::json(), nlohmann::json(5), nlohmann::json("y"), nlohmann::json::array({1}), many,
        nlohmann::json{{"libraries", many}}}) {
    auto json = whole;
    json["build"] = build;
    std::ofstream(manifest) << json;
    EXPECT_THAT([&] { merge("a", {0}, {"b"}); },
                ThrowsMessage<InputError>(HasSubstr("manifest.json: damaged")))
        << build;
  }
  // The whole path of each of its numbers would take gigabytes.
  auto json = whole;
  json["build"] = {{std::string(1 << 20, 'k'), nlohmann::json(std::vector<int>(10000, 0))}};
  std::ofstream(manifest) << json;
  EXPECT_THAT(merge("a", {0}, {"b"}).differences, Not(IsEmpty()));
}

TEST_F(MergeTest, SaysWhereTheManifestsOfShardsDiffer) {
  run("a", trial({0}));
  for (const char* shard : {"manifest.1-of-3.json", "manifest.2-of-3.json"}) {
    fs::copy_file(folder("a") / "manifest.json", folder("a") / shard);
  }
  fs::rename(folder("a") / "manifest.json", folder("a") / "manifest.3-of-3.json");
  EXPECT_THAT(merge("a", {0}, {}).differences, IsEmpty());
  edit(folder("a") / "manifest.2-of-3.json", "\"cpu\": \"", "\"cpu\": \"Another ");
  edit(folder("a") / "manifest.3-of-3.json", "\"dirty\": ", "\"dirty\": true, \"was\": ");
  EXPECT_THAT(
      merge("a", {0}, {}).differences,
      ElementsAre(
          AllOf(HasSubstr("manifest.1-of-3.json and "),
                HasSubstr("manifest.2-of-3.json differ in cpu ("), HasSubstr(" and Another ")),
          AllOf(HasSubstr("manifest.3-of-3.json differ in "), HasSubstr("was (unknown and "))));
}

TEST_F(MergeTest, SaysThatRunsAreOfAnotherVersion) {
  run("a", trial({0}));
  run("b", trial({0}));
  const std::string now = "\"result_version\": " + std::to_string(kResultVersion);
  edit(folder("b") / "manifest.json", now, "\"result_version\": 1");
  EXPECT_THAT([&] { merge("a", {0}, {"b"}); },
              ThrowsMessage<InputError>(HasSubstr("the runs are of result version 1")));
  fs::copy_file(folder("b") / "manifest.json", folder("a") / "manifest.1-of-2.json");
  EXPECT_THAT(merge("a", {0}, {}).differences, ElementsAre(HasSubstr("result_version (1 and ")));
}

TEST_F(Results, RefuseManifestsThatNestWithoutEnd) {
  fs::create_directories(folder("a"));
  const std::string deep = std::string(1000000, '[') + std::string(1000000, ']');
  std::ofstream(folder("a") / "manifest.json") << "{\"build\": " << deep << "}";
  EXPECT_THAT([&] { read_manifests(folder("a")); },
              ThrowsMessage<InputError>(HasSubstr("damaged")));
}

TEST_F(Results, RefuseManifestsWhoseNumbersAreNoIntegers) {
  run("a", trial({0}));
  const std::string now = "\"result_version\": " + std::to_string(kResultVersion);
  for (const char* number : {"1e300", "-1e300", "4.0", "99999999999", "true"}) {
    fs::remove_all(folder("b"));
    fs::copy(folder("a"), folder("b"), fs::copy_options::recursive);
    edit(folder("b") / "manifest.json", now, std::string("\"result_version\": ") + number);
    EXPECT_THAT([&] { read_manifests(folder("b")); },
                ThrowsMessage<InputError>(HasSubstr("damaged")))
        << number;
  }
}

TEST_F(Results, RefuseManifestsThatAreNotAsCbsimWritesThem) {
  run("a", trial({0}));
  const fs::path manifest = folder("a") / "manifest.json";
  const std::string whole = read_file(manifest);
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string, std::string>>{
           {"\"cells\": [", "\"cells\": {}, \"others\": ["},
           {"\"seeds\": [0]", "\"seeds\": null"},
           {"\"seeds\": [0]", "\"seeds\": [-1]"},
           {"\"cpu\": ", "\"cpu\": 1, \"cpu\": "},
           {"\"build\": {", "\"build\": [], \"others\": {"}}) {
    std::ofstream(manifest) << whole;
    edit(manifest, from, to);
    EXPECT_THAT([&] { read_manifests(folder("a")); },
                ThrowsMessage<InputError>(HasSubstr("damaged")))
        << to;
  }
  edit(manifest, "\"build\": [], \"others\": {", "\"name\": //\r5 /* \n nan */,\n\"build\": {");
  EXPECT_EQ(read_manifests(folder("a")).size(), 1U);
}

TEST_F(Results, SayNothingThatSteersTheTerminal) {
  run("a", trial({0}));
  run("b", trial({0}));
  edit(folder("b") / "manifest.json", "\"cpu\": \"", "\"cpu\": \"\\u001b[31m");
  edit(folder("b") / "manifest.json", "\"name\": \"", "\"name\": \"\\u001b[31m");
  const auto manifest = read_manifests(folder("b")).front();
  EXPECT_EQ(manifest.name, " [31mtrial");
  EXPECT_THAT(difference(read_manifests(folder("a")).front(), manifest), HasSubstr("and  [31m"));
}

}  // namespace
}  // namespace cbsim
