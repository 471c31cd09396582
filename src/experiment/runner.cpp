#include "cbsim/experiment/runner.hpp"

#include <ctime>
#include <map>
#include <new>
#include <string>
#include <unordered_map>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/execute_run.hpp"
#include "cbsim/experiment/memory.hpp"
#include "cbsim/experiment/run_log.hpp"
#include "cbsim/experiment/run_store.hpp"
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

std::string refit_warning(const std::string& title, const RefitCounts& refits) {
  const double percent =
      100.0 * static_cast<double>(refits.far_from_stationary) / static_cast<double>(refits.refits);
  char share[16];
  std::snprintf(share, sizeof share, "%.0f%%", percent);
  return title + ": " + std::to_string(refits.far_from_stationary) + " of " +
         std::to_string(refits.refits) + " refits (" + share +
         ") ended far from stationary (gradient above " +
         std::to_string(kFarFromStationary).substr(0, 3) +
         " of that at the start of the refit); more training.steps or a larger "
         "training.learning_rate get closer";
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
    report_.plan = plan_runs(experiment_);
    check_folder(options_.folder, experiment_, options_.force);
    standing_ = standing_of(report_.plan, experiment_.record, options_.folder);
    check_memory(experiment_, standing_.pending, options_);
    store_.emplace(options_.folder);
    session_.command_line = options_.command_line;
    session_.threads = options_.threads;
    session_.started = utc_now();
    store_->write_file("manifest.json", manifest_text(experiment_, session_));
    store_->write_file("config.json", experiment_.resolved_json);
    log_.emplace(options_.folder / "run.log");
    log_->info("started: " + options_.command_line);

    report_finished();
    compute();
    conclude();
    return std::move(report_);
  }

 private:
  void report_finished() {
    for (const Run* run : standing_.pending) forecast_.add_pending(run->cell);
    for (const Run& run : report_.plan) ++rows_[run.key];
    report_.totals.reused = standing_.done;
    report_.totals.runs = report_.plan.size();
    log_->info(std::to_string(report_.plan.size()) + " runs, " +
               std::to_string(report_.totals.reused) + " of them finished before");
    observer_.planned(report_.totals.runs, report_.totals.reused);
  }

  void compute() {
    WorkerPool pool(
        standing_.pending, options_.runs_at_a_time(), options_.keep_going,
        [this](const Run& run, const RoundSink& watch) { return work(run, watch); }, stop_);
    while (!pool.idle()) {
      for (const Event& event : pool.wait(kProgressInterval)) handle(event);
      report_progress(pool);
    }
  }

  /// In a worker's thread.
  std::optional<RefitCounts> work(const Run& run, const RoundSink& watch) const {
    const auto staged = store_->stage(run.key);
    try {
      const auto refits = execute_run(run, experiment_.record, options_.threads_per_run, staged, watch);
      refits ? store_->publish(staged, run.key) : store_->discard(staged);
      return refits;
    } catch (...) {
      store_->discard(staged);
      throw;
    }
  }

  void handle(const Event& event) {
    const Run& run = *event.run;
    const std::string title = run_title(experiment_, run);
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
        if (event.refits.far_from_stationary > 0) warn(refit_warning(title, event.refits));
        return;
      case Event::Kind::failed:
        standing_.status[run.key] = RunStatus::failed;
        report_.totals.failed += rows_[run.key];
        fail(title + " failed: " + error_text(event.error));
    }
  }

  void warn(const std::string& message) {
    log_->warning(message);
    observer_.warned(message);
  }

  void fail(const std::string& message) {
    log_->error(message);
    observer_.failed(message);
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
    report_.outcomes.resize(report_.plan.size());
    for (std::size_t i = 0; i < report_.plan.size(); ++i) {
      report_.outcomes[i].status = standing_.status[report_.plan[i].key];
    }
    write_tables(*store_, experiment_, report_.plan, report_.outcomes);
    Totals& totals = report_.totals;
    totals.missing = totals.runs - totals.computed - totals.reused - totals.failed;
    totals.wall_seconds = seconds_since(start_);
    totals.cpu_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    session_.ended = utc_now();
    session_.totals = totals;
    store_->write_file("manifest.json", manifest_text(experiment_, session_));
    log_->info("ended: " + std::to_string(totals.computed) + " computed, " +
               std::to_string(totals.reused) + " reused, " + std::to_string(totals.failed) +
               " failed, " + std::to_string(totals.missing) + " not run");
  }

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
  std::unordered_map<std::string, std::size_t> rows_;  ///< of the plan, by key
  Forecast forecast_;
};

}  // namespace

ExperimentReport run_experiment(const Experiment& experiment, const RunOptions& options,
                                RunObserver& observer, const std::atomic<int>& stop) {
  return ExperimentRun(experiment, options, observer, stop).run();
}

}  // namespace cbsim
