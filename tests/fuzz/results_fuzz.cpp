// A file of a results folder: a byte says which, then its bytes, in which "KEY" stands for the key
// of the run. They are read as `status`, `merge` (into this folder, and from it into another one)
// and `compare` do.

#include <array>

#include "cbsim/experiment/comparison.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/merge.hpp"
#include "cbsim/experiment/runner.hpp"
#include "fuzz.hpp"

namespace {

using namespace cbsim;
namespace fs = std::filesystem;

constexpr std::string_view kConfig = R"({
  "name": "fuzz", "horizon": 3, "seeds": 2, "environment": { "type": "linear", "dim": 2 },
  "policies": [{ "type": "uniform" }, { "type": "lin_ucb" }],
  "sweep": { "policies.lin_ucb.gamma": [0.1, 1] }
})";

struct Nobody final : RunObserver {
  void started(const Run&) override {}
  void warned(const std::string&) override {}
  void failed(const std::string& message) override { fuzz::demand(false, message); }
};

/// A folder "a" in which run number 0 is done and number 1 has failed, and a folder "b" without
/// runs.
class Results {
 public:
  Results() {
    const Experiment experiment = load_experiment(folder_.write("f.json", kConfig), {});
    Nobody nobody;
    const std::atomic<int> never{0};
    const auto report = run_experiment(experiment, {.folder = "a"}, nobody, never);
    key_ = report.plan[0].key;
    fs::remove_all("a/runs/" + report.plan[1].key);
    folder_.write("a/failed/" + report.plan[1].key + ".txt", "round 2: it diverged\n");
    files_ = {"config.json",           "manifest.json",
              "summary.csv",           "runs/" + key_ + "/run.json",
              "runs/" + key_ + "/curve.csv", "failed/" + report.plan[1].key + ".txt"};
    for (const std::string& file : files_) sound_.push_back(read_file("a/" + file));
    folder_.write("b/config.json", sound_[0]);
    folder_.write("b/manifest.json", sound_[1]);
  }

  /// Everything is sound but for one file.
  void put(std::size_t file, std::string bytes) {
    const std::string_view word = "KEY";
    for (auto at = bytes.find(word); at != std::string::npos; at = bytes.find(word, at)) {
      bytes.replace(at, word.size(), key_);
      at += key_.size();
    }
    for (std::size_t i = 0; i < files_.size(); ++i) {
      folder_.write("a/" + files_[i], i == file ? bytes : sound_[i]);
    }
    for (const char* name : {"runs", "failed"}) fs::remove_all(fs::path("b") / name);
  }

  std::size_t files() const { return files_.size(); }

 private:
  fuzz::Folder folder_;
  std::string key_;
  std::vector<std::string> files_, sound_;  ///< names and contents
};

void check(const ExperimentStatus& status) {
  for (const CellStatus& cell : status.cells) {
    for (const FailedRun& run : cell.failed) fuzz::check_message(run.cause + '.');
  }
}

void merge(const fs::path& into, std::span<const fs::path> others) {
  const MergeReport report = merge_results(open_results(into), others, true);
  check(report.status);
  fuzz::demand(report.written, "no tables");
  for (const std::string& text : report.differences) fuzz::check_message(text);
  const SummaryTable table = read_summary(into / "summary.csv");
  fuzz::demand(table.rows.size() == report.status.done + report.status.failed, "other rows");
}

void check(const Comparison& comparison) {
  for (const std::string& note : comparison.notes) fuzz::check_message(note);
}

}  // namespace

CBSIM_FUZZ_TARGET(input) {
  static Results results;
  const std::size_t file = input.choice(results.files());
  results.put(file, std::string(input.rest()));
  fuzz::accepts([] { check(status_of(open_results("a"))); });
  for (const CompareOptions& options :
       {CompareOptions{}, CompareOptions{.metric = Metric::cum_reward, .baseline = "uniform"},
        CompareOptions{.select_seeds = std::vector<Seed>{0}}}) {
    fuzz::accepts([&] { check(compare(read_summary("a/summary.csv"), options)); });
  }
  const std::array<fs::path, 1> from{"a"};
  fuzz::accepts([&] { merge("b", from); });
  fuzz::accepts([] { merge("a", {}); });
}
