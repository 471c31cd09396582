#include "cbsim/experiment/runner.hpp"

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/execute_run.hpp"
#include "cbsim/experiment/failure_note.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/memory.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/run_log.hpp"
#include "cbsim/experiment/run_operations.hpp"
#include "cbsim/experiment/run_store.hpp"
#include "cbsim/experiment/staging.hpp"
#include "cbsim/experiment/stored_manifest.hpp"
#include "forecast.hpp"
#include "standing.hpp"
#include "worker_pool.hpp"

namespace cbsim {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kProgressInterval{100};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string run_title(const Experiment& experiment, const Run& run) {
  return cell_title(experiment, *run.cell) + ", seed " + std::to_string(run.seed);
}

std::string refit_warning(const std::string& title, std::size_t runs, const RefitCounts& refits) {
  const double percent =
      100.0 * static_cast<double>(refits.far_from_stationary) / static_cast<double>(refits.refits);
  char share[16];
  std::snprintf(share, sizeof share, "%.0f%%", percent);
  return title + ": " + share + " of the refits of " + std::to_string(runs) +
         (runs == 1 ? " run" : " runs") + " ended far from stationary (gradient above " +
         std::to_string(kFarFromStationary).substr(0, 3) +
         " of that at the start of the refit); more training.steps or a larger "
         "training.learning_rate get closer";
}

/// The runs of a shard: every so manieth of the plan, those that share a key together.
std::vector<Run> share_of(std::vector<Run> plan, const std::optional<Shard>& shard) {
  if (!shard) return plan;
  std::unordered_map<std::string, std::size_t> numbers;
  std::erase_if(plan, [&](const Run& run) {
    const std::size_t number = numbers.try_emplace(run.key, numbers.size()).first->second;
    return number % shard->count != shard->number - 1;
  });
  return plan;
}

/// Those with the most work first, so that none of them is left for the end.
void order_by_work(std::vector<const Run*>& runs) {
  std::unordered_map<const Cell*, double> work;
  for (const Run* run : runs) {
    const auto [entry, is_new] = work.try_emplace(run->cell);
    if (is_new) entry->second = run_operations(*run->cell);
  }
  std::ranges::stable_sort(runs, std::ranges::greater{},
                           [&](const Run* run) { return work.at(run->cell); });
}

std::string error_text(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    return "out of memory; run fewer at a time (-j) or choose a smaller horizon or network";
  } catch (const RunError& known) {
    return known.what();
  } catch (const IoError& known) {
    return known.what();
  } catch (const std::system_error& known) {  // of std::filesystem
    return known.what();
  } catch (const std::exception& unexpected) {
    return std::string("internal error: ") + unexpected.what();
  }
}

/// One call of run_experiment.
class ExperimentRun {
 public:
  ExperimentRun(const Experiment& experiment, const RunOptions& options, RunObserver& observer,
                const std::atomic<int>& stop)
      : experiment_(experiment), options_(options), observer_(observer), stop_(stop) {}

  ExperimentReport run() {
    report_.plan = share_of(plan_runs(experiment_), options_.shard);
    check_folder(options_.folder, experiment_, options_.force);
    standing_ = standing_of(report_.plan, experiment_.record, options_.folder);
    order_by_work(standing_.pending);
    check_memory(experiment_, standing_.pending, options_);
    session_.command_line = options_.command_line;
    session_.threads = options_.threads;
    session_.started = utc_now();
    store_.emplace(options_.folder);
    claim();
    store_->write_file("config.json", experiment_.resolved_json);
    log_.emplace(options_.folder / "run.log");
    log_->info("started: " + options_.command_line);

    report_finished();
    compute();
    conclude();
    return std::move(report_);
  }

 private:
  /// Looks again, now that nobody else can write a manifest into the folder, and writes this one.
  void claim() {
    const FolderLock lock(options_.folder);
    check_folder(options_.folder, experiment_, options_.force, store_->staging());
    std::optional<StoredManifest> here;  // takes all cells, so only where it is compared
    if (standing_.done > 0) here = manifest_here(experiment_);
    for (const StoredManifest& manifest : read_manifests(options_.folder)) {
      if (here && strangers_.empty()) strangers_ = difference(manifest, *here);
      // Of shards of an experiment that had the folder before.
      if (!what_is_lost(manifest, experiment_).empty()) remove_file(manifest.path);
    }
    write_manifest("manifest.json");
  }

  void write_manifest(const std::string& name) const {
    store_->write_file(name, pretty_json(manifest_json(experiment_, session_)) + '\n');
  }

  std::string manifest_name() const {
    if (!options_.shard) return "manifest.json";
    return "manifest." + std::to_string(options_.shard->number) + "-of-" +
           std::to_string(options_.shard->count) + ".json";
  }

  void report_finished() {
    for (const Run* run : standing_.pending) forecast_.add_pending(run->cell);
    for (const Run& run : report_.plan) ++rows_[run.key];
    report_.totals.reused = standing_.done;
    report_.totals.runs = report_.plan.size();
    log_->info(std::to_string(report_.plan.size()) + " runs, " +
               std::to_string(report_.totals.reused) + " of them finished before");
    observer_.planned(report_.totals.runs, report_.totals.reused);
    if (!strangers_.empty()) {
      warn("runs that were finished before come from another build or machine: " + strangers_ +
           "; their numbers may differ in the last digits from those of this one");
    }
    std::vector<std::string> damaged;
    for (const Run* run : standing_.damaged) damaged.push_back(run_title(experiment_, *run));
    if (!damaged.empty()) {
      warn("files of finished runs are damaged or gone; computed again: " + some_of(damaged));
    }
  }

  void compute() {
    WorkerPool pool(
        standing_.pending, options_.runs_at_a_time(), options_.keep_going,
        [this](const Run& run, const RoundSink& watch) { return work(run, watch); }, stop_);
    while (!pool.idle()) {
      std::vector<Event> events = pool.wait(kProgressInterval);
      publish(events, pool);
      for (const Event& event : events) handle(event);
      report_progress(pool);
    }
    for (const auto& [cell, far] : far_from_stationary_) {
      warn(refit_warning(cell_title(experiment_, *cell), far.runs, far.refits));
    }
  }

  /// In a worker's thread.
  RunEnd work(const Run& run, const RoundSink& watch) const {
    RunSetup setup{.threads = options_.threads_per_run, .folder = store_->stage(run.key)};
    if (options_.checkpoint_every) {
      setup.checkpoint = store_->checkpoint_folder(run.key);
      setup.checkpoint_every = *options_.checkpoint_every;
    }
    try {
      RunEnd end = execute_run(run, experiment_.record, setup, watch);
      if (!end.complete) remove_tree(setup.folder);
      return end;
    } catch (...) {
      remove_tree(setup.folder);
      throw;
    }
  }

  /// The runs that were finished since the last time, together.
  void publish(std::vector<Event>& events, WorkerPool& pool) const {
    std::vector<std::string> keys;
    for (const Event& event : events) {
      if (event.kind == Event::Kind::finished) keys.push_back(event.run->key);
    }
    if (keys.empty()) return;
    try {
      store_->publish(keys);
    } catch (const IoError&) {
      pool.close();  // what the disk refuses to one run it refuses to the next
      for (Event& event : events) {
        if (event.kind != Event::Kind::finished) continue;
        event.kind = Event::Kind::failed;
        event.error = std::current_exception();
      }
    }
  }

  void handle(const Event& event) {
    const Run& run = *event.run;
    const std::string title = run_title(experiment_, run);
    for (const std::string& warning : event.end.warnings) warn(title + ": " + warning);
    if (event.end.resumed_after > 0) {
      log_->info("went on: " + title + " after round " + std::to_string(event.end.resumed_after));
    }
    switch (event.kind) {
      case Event::Kind::started:
        forecast_.start(run.cell);
        observer_.started(run);
        return;
      case Event::Kind::stopped:
        log_->info("stopped: " + title);
        return;
      case Event::Kind::finished:
        standing_.status[run.key] = RunStatus::done;
        report_.totals.computed += rows_[run.key];
        forecast_.finish(run.cell, event.seconds);
        log_->info("done: " + title + ", " + std::to_string(event.seconds) + " s, key " + run.key);
        observer_.finished(run, event.seconds);
        if (event.end.refits.far_from_stationary > 0) {
          FarFromStationary& far = far_from_stationary_[run.cell];
          ++far.runs;
          far.refits += event.end.refits;
        }
        return;
      case Event::Kind::failed:
        standing_.status[run.key] = RunStatus::failed;
        report_.totals.failed += rows_[run.key];
        note_failure(run, error_text(event.error));
        fail(title + " failed: " + error_text(event.error), event.error != last_error_);
        last_error_ = event.error;
    }
  }

  /// For `cbsim status`, and for `cbsim merge` after a shard.
  void note_failure(const Run& run, const std::string& cause) {
    try {
      write_failure_note(options_.folder, run.key, cause);
    } catch (const IoError& error) {
      warn(error.what());
    }
  }

  void warn(const std::string& message) {
    log_->warning(message);
    observer_.warned(message);
  }

  /// Runs that are published together fail for one reason, which is said once.
  void fail(const std::string& message, bool is_new) {
    log_->error(message);
    if (is_new) observer_.failed(message);
  }

  void report_progress(const WorkerPool& pool) {
    const Totals& totals = report_.totals;
    Progress progress;
    progress.finished = totals.computed + totals.reused + totals.failed;
    progress.total = totals.runs;
    progress.rounds = pool.rounds();
    progress.seconds = seconds_since(start_);
    forecast_.clear_running();
    for (const auto& worker : pool.workers()) {
      const Run* run = worker->run;
      if (run == nullptr) continue;
      forecast_.add_running(run->cell, seconds_since(worker->start), worker->round);
      if (progress.run != nullptr) continue;
      progress.run = run;
      progress.round = worker->round;
      progress.cum_reward = worker->cum_reward;
      if (worker->regret_known) progress.cum_regret = worker->cum_regret;
    }
    progress.seconds_left = forecast_.seconds_left(options_.runs_at_a_time());
    observer_.progress(progress);
  }

  void conclude() {
    const auto done = [this](const std::string& key) {
      const auto found = standing_.status.find(key);
      return found != standing_.status.end() && found->second == RunStatus::done;
    };
    store_->discard_checkpoints(done);
    remove_failure_notes(options_.folder, done);
    report_.outcomes.resize(report_.plan.size());
    for (std::size_t i = 0; i < report_.plan.size(); ++i) {
      report_.outcomes[i].status = standing_.status[report_.plan[i].key];
    }
    if (!options_.shard) write_tables(*store_, experiment_, report_.plan, report_.outcomes);
    Totals& totals = report_.totals;
    totals.missing = totals.runs - totals.computed - totals.reused - totals.failed;
    totals.wall_seconds = seconds_since(start_);
    totals.cpu_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    session_.ended = utc_now();
    session_.totals = totals;
    write_manifest(manifest_name());
    log_->info("ended: " + std::to_string(totals.computed) + " computed, " +
               std::to_string(totals.reused) + " reused, " + std::to_string(totals.failed) +
               " failed, " + std::to_string(totals.missing) + " not run");
  }

  /// The runs of a cell with refits that ended so, and all their refits.
  struct FarFromStationary {
    std::size_t runs = 0;
    RefitCounts refits;
  };

  const Experiment& experiment_;
  const RunOptions& options_;
  RunObserver& observer_;
  const std::atomic<int>& stop_;
  const Clock::time_point start_ = Clock::now();

  ExperimentReport report_;
  Session session_;
  std::optional<RunStore> store_;
  std::optional<RunLog> log_;
  Standing standing_;
  std::string strangers_;  ///< how the build or machine of runs that are done differs from this
  std::unordered_map<std::string, std::size_t> rows_;  ///< of the plan, by key
  Forecast forecast_;
  std::exception_ptr last_error_;                                 ///< of a run that failed
  std::map<const Cell*, FarFromStationary> far_from_stationary_;  ///< in the order of the config
};

}  // namespace

ExperimentReport run_experiment(const Experiment& experiment, const RunOptions& options,
                                RunObserver& observer, const std::atomic<int>& stop) {
  return ExperimentRun(experiment, options, observer, stop).run();
}

}  // namespace cbsim
