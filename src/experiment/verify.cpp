#include "cbsim/experiment/verify.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/csv_difference.hpp"
#include "cbsim/experiment/failure_note.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/memory.hpp"
#include "cbsim/experiment/runner.hpp"
#include "cbsim/experiment/staging.hpp"
#include "cbsim/experiment/tables.hpp"
#include "standing.hpp"
#include "worker_pool.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

/// The first row of each key that is done, in the order of the plan.
std::vector<const Run*> finished_runs(const std::vector<Run>& plan, const Standing& standing) {
  std::vector<const Run*> runs;
  std::set<std::string_view> seen;
  for (const Run& run : plan) {
    if (standing.is_done(run) && seen.insert(run.key).second) runs.push_back(&run);
  }
  return runs;
}

/// The middles of `count` equal parts.
std::vector<const Run*> sample(const std::vector<const Run*>& runs, std::size_t count) {
  if (count >= runs.size()) return runs;
  std::vector<const Run*> chosen;
  for (std::size_t i = 0; i < count; ++i) {
    chosen.push_back(runs[(2 * i + 1) * runs.size() / (2 * count)]);
  }
  return chosen;
}

std::string text_of(const std::string& file, const CsvDifference& difference) {
  char size[32];
  std::snprintf(size, sizeof size, "%.0e", difference.size);
  return file + ", " + difference.place + " (relative difference " + size + ")";
}

/// Compares the CSV files that a rerun has written with those of the finished run.
VerifiedRun compare(const Run& run, const fs::path& finished, const fs::path& rerun) {
  VerifiedRun verified{&run};
  double largest = -1.0;
  for (const fs::path& path : entries(rerun)) {
    const std::string file = path.filename();
    if (!file.ends_with(".csv")) continue;
    const auto difference = csv_difference(read_file(finished / file), read_file(path));
    if (!difference || difference->size <= largest) continue;
    largest = difference->size;
    verified.agreement = largest <= kRounding ? Agreement::rounding : Agreement::different;
    verified.difference = text_of(file, *difference);
  }
  return verified;
}

VerifiedRun failed(const Run& run, const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const RunError& failure) {
    return {&run, Agreement::different, "fails this time: " + std::string(failure.what())};
  }
}

/// Where the rows of a table are not among those that the runs give, in their order; where
/// `complete`, also whether some of these lack. Empty where nothing is wrong.
std::string table_problem(const fs::path& table, const fs::path& made, bool complete) {
  std::ifstream found(table), expected(made);
  if (!found) return table.string() + " cannot be read";
  bool lacks = false;
  std::string row, next;
  for (std::size_t line = 1; std::getline(found, row); ++line) {
    bool same = false;
    while (!same && std::getline(expected, next)) {
      same = next == row;
      lacks = lacks || !same;
    }
    if (!same) return table.string() + ':' + std::to_string(line) + ": not what the runs give";
  }
  lacks = lacks || std::getline(expected, next);
  return lacks && complete ? table.string() + ": rows of finished runs lack" : "";
}

/// What is wrong in the tables of the folder.
std::vector<std::string> table_problems(const ResultFolder& results, const std::vector<Run>& plan,
                                        const Standing& standing, const fs::path& temporary) {
  const TablePaths tables{results.path / "regret.csv", results.path / "summary.csv"};
  if (!is_there(tables.regret) && !is_there(tables.summary)) return {};  // a shard
  if (standing.done == 0 || !standing.damaged.empty()) return {};  // those were made from more
  std::vector<RunOutcome> outcomes;
  for (const Run& run : plan) {
    RunStatus status = standing.status.at(run.key);
    if (status == RunStatus::missing && read_failure_note(results.path, run.key)) {
      status = RunStatus::failed;
    }
    outcomes.emplace_back().status = status;
  }
  const TablePaths made{temporary / "regret.csv", temporary / "summary.csv"};
  make_tables(results.path, made, results.experiment, plan, outcomes);
  const bool complete = standing.done == plan.size();
  std::vector<std::string> problems;
  for (const auto& problem : {table_problem(tables.regret, made.regret, complete),
                              table_problem(tables.summary, made.summary, complete)}) {
    if (!problem.empty()) problems.push_back(problem);
  }
  return problems;
}

}  // namespace

VerifyReport verify_results(const ResultFolder& results, const VerifyOptions& options,
                            const std::function<void(const VerifiedRun&)>& verified,
                            const std::atomic<int>& stop) {
  const Experiment& experiment = results.experiment;
  VerifyReport report{plan_runs(experiment)};
  const Standing standing = standing_of(report.plan, experiment.record, results.path);
  const auto finished = finished_runs(report.plan, standing);
  report.finished = finished.size();
  report.damaged = standing.damaged;
  const StoredManifest here = manifest_here(experiment);
  for (const StoredManifest& manifest : results.manifests) {
    const std::string text = difference(manifest, here);
    if (!text.empty()) report.other_machines.push_back(manifest.path.string() + ": " + text);
  }
  const auto chosen = sample(finished, options.runs);
  RunOptions shape;
  shape.threads = options.threads;
  check_memory(experiment, chosen, shape);

  std::error_code error;
  const fs::path temporary = fs::temp_directory_path(error);
  if (error) throw IoError("no folder for temporary files (TMPDIR): " + error.message());
  const Staging staging(temporary);
  report.tables = table_problems(results, report.plan, standing, staging.path());
  const auto folder = [&](const Run& run) { return staging.path() / run.key; };
  WorkerPool pool(
      chosen, options.threads, true,
      [&](const Run& run, const RoundSink& watch) {
        make_inner_folder(folder(run));
        return execute_run(run, experiment.record, {.folder = folder(run)}, watch);
      },
      stop);
  while (!pool.idle()) {
    for (const Event& event : pool.wait(std::chrono::milliseconds{100})) {
      if (event.kind == Event::Kind::finished) {
        report.runs.push_back(
            compare(*event.run, results.path / "runs" / event.run->key, folder(*event.run)));
      } else if (event.kind == Event::Kind::failed) {
        report.runs.push_back(failed(*event.run, event.error));
      } else {
        continue;
      }
      verified(report.runs.back());
    }
  }
  return report;
}

}  // namespace cbsim
