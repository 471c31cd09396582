#include "cbsim/experiment/execute_run.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/checkpoint.hpp"
#include "timed.hpp"

namespace cbsim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kLeastBetween = 1.0;       ///< seconds between two checkpoints
constexpr double kShareBetween = 1.0 / 10;  ///< of the run's time so far

/// Whether these may be times of a run; those of a checkpoint may be anything.
bool are_times(const RunTimes& times) {
  return std::ranges::all_of(
      std::array{times.wall, times.cpu, times.environment, times.choose, times.update},
      [](double seconds) { return std::isfinite(seconds) && seconds >= 0; });
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One call of execute_run.
class Execution {
 public:
  Execution(const Run& run, const RecordSettings& record, const RunSetup& setup)
      : cell_(*run.cell),
        record_(record),
        setup_(setup),
        writer_(setup.folder, run, record),
        environment_(cell_.environment->create(run.seed), times_.environment),
        inner_policy_(cell_.policy->create({.shape = cell_.environment->facts().shape,
                                            .horizon = cell_.horizon,
                                            .seed = run.seed,
                                            .threads = setup.threads})),
        policy_(*inner_policy_, times_.choose, times_.update),
        simulation_(environment_, policy_, cell_.horizon) {
    if (!setup.checkpoint.empty()) {
      checkpoint_.emplace(setup.checkpoint, checkpoint_identity(run, record));
    }
  }

  /// Goes on from the checkpoint, if there is one. Throws BadState where it cannot be restored;
  /// this object is of no use then.
  void resume() {
    if (!checkpoint_) return;
    const auto found = checkpoint_->restore([this](StateArchive& archive) { state(archive); });
    if (found == Checkpoint::Found::good) end_.resumed_after = simulation_.rounds();
    if (found == Checkpoint::Found::busy) {
      warn("another process has its checkpoint, in " + setup_.checkpoint.string() +
           "; the run starts again without one");
    }
    if (found == Checkpoint::Found::bad) ignore_checkpoint(checkpoint_->reason());
  }

  void ignore_checkpoint(const std::string& reason) {
    warn("the checkpoint in " + setup_.checkpoint.string() + " is ignored (" + reason +
         "); the run starts again");
  }

  RunEnd run(const RoundSink& watch) {
    if (record_.weights == WeightsRecord::initial) writer_.weights(policy_.weights(true));
    bool stopped = false;
    while (!simulation_.run([&](const RoundRecord& round) {
      if (round.accepted) writer_.add(round);
      stopped = !watch(round);
      return !stopped && !checkpoint_is_due();
    })) {
      save();
      if (stopped) return std::move(end_);
    }
    if (record_.weights == WeightsRecord::final) writer_.weights(policy_.weights(false));
    writer_.finish(times());
    end_.complete = true;
    end_.refits = writer_.refits();
    return std::move(end_);
  }

 private:
  bool checkpoint_is_due() const {
    if (!checkpoint_) return false;
    const double run_time = before_.wall + seconds_since(start_);
    const double interval =
        std::min(setup_.checkpoint_every, std::max(kLeastBetween, kShareBetween * run_time));
    return seconds_since(saved_) >= interval;
  }

  void state(StateArchive& archive) {
    RunTimes now = times();
    archive.value(now);
    if (archive.restoring()) {
      if (!are_times(now)) throw BadState("its times are none");
      before_ = times_ = now;
    }
    writer_.state(archive);
    simulation_.state(archive);
    StateArchive::demand(simulation_.fits(cell_.environment->facts().shape) &&
                         writer_.rounds() == simulation_.rounds());
  }

  void save() {
    if (!checkpoint_) return;
    try {
      checkpoint_->save([this](StateArchive& archive) { state(archive); });
    } catch (const IoError& error) {
      warn("no checkpoint can be saved: " + std::string(error.what()) + "; the run goes on");
      checkpoint_.reset();
    }
    saved_ = Clock::now();
  }

  void warn(std::string text) { end_.warnings.push_back(std::move(text)); }

  /// With those from before the checkpoint.
  RunTimes times() const {
    RunTimes times = times_;
    times.wall = before_.wall + seconds_since(start_);
    times.cpu = before_.cpu + thread_cpu_seconds() - cpu_start_;
    return times;
  }

  const Cell& cell_;
  const RecordSettings& record_;
  const RunSetup& setup_;
  const Clock::time_point start_ = Clock::now();
  const double cpu_start_ = thread_cpu_seconds();
  RunTimes before_, times_;
  RunWriter writer_;
  TimedEnvironment environment_;
  std::unique_ptr<Policy> inner_policy_;
  TimedPolicy policy_;
  Simulation simulation_;
  std::optional<Checkpoint> checkpoint_;
  Clock::time_point saved_ = Clock::now();
  RunEnd end_;
};

}  // namespace

RunEnd execute_run(const Run& run, const RecordSettings& record, const RunSetup& setup,
                   const RoundSink& watch) {
  std::optional<Execution> execution;
  execution.emplace(run, record, setup);
  try {
    execution->resume();
  } catch (const BadState& bad) {
    execution.emplace(run, record, setup);
    execution->ignore_checkpoint(bad.what());
  }
  return execution->run(watch);
}

}  // namespace cbsim
