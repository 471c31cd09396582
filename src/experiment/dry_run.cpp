#include "cbsim/experiment/dry_run.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "cbsim/experiment/calibration.hpp"
#include "cbsim/experiment/memory.hpp"
#include "standing.hpp"

namespace cbsim {
namespace {

constexpr double kCellSeconds = 1.5;
constexpr double kAllSeconds = 20.0;

/// Cells whose runs take the same time: what else they differ in (gamma, lambda, noise) costs
/// nothing.
using CellKind = std::tuple<const PolicyType*, const EnvironmentType*, Index, double, double>;

RoundCost sum_of(const RunCost& cost, Index horizon) {
  RoundCost sum;
  for (Index t = 1; t <= horizon; ++t) sum += cost.round(t);
  return sum;
}

/// One call of forecast_experiment.
class DryRun {
 public:
  DryRun(const Experiment& experiment, const RunOptions& options,
         const CalibrationSink& calibrating, const std::atomic<int>& stop)
      : experiment_(experiment), options_(options), calibrating_(calibrating), stop_(stop) {}

  ExperimentForecast run() {
    plan_ = plan_runs(experiment_);
    check_folder(options_.folder, experiment_, options_.force);
    standing_ = standing_of(plan_, experiment_.record, options_.folder);
    check_memory(experiment_, standing_.pending, options_);
    list_runs();
    for (CellForecast& cell : forecast_.cells) count(cell);
    time();
    add_up();
    return std::move(forecast_);
  }

 private:
  struct Timing {
    CellForecast* cell;
    RunCost cost;
    RoundCost total;
    Calibration result{};
  };

  CellForecast& forecast_of(const Run& run) { return forecast_.cells[places_.at(run.cell)]; }

  void list_runs() {
    for (const Cell& cell : experiment_.cells) {
      places_[&cell] = forecast_.cells.size();
      forecast_.cells.push_back({.cell = &cell});
    }
    for (const Run& run : plan_) {
      CellForecast& cell = forecast_of(run);
      (standing_.is_done(run) ? cell.done : cell.to_do).push_back(run.seed);
    }
  }

  /// Operations and bytes.
  void count(CellForecast& forecast) {
    const Cell& cell = *forecast.cell;
    const RunCost cost = cell.policy->cost(cell.environment->facts(), cell.horizon);
    const RoundCost total = sum_of(cost, cell.horizon);
    forecast.operations = total.total();
    forecast.bytes = run_bytes(cell);
    if (forecast.to_do.empty()) return;
    const CellKind kind{cell.policy_type, cell.environment_type, cell.horizon, forecast.bytes,
                        forecast.operations};
    const auto [entry, is_new] = timings_.try_emplace(kind, Timing{&forecast, cost, total});
    if (is_new) order_.push_back(&entry->second);
    timing_of_[&forecast] = &entry->second;
  }

  void time() {
    const double budget = std::min(kCellSeconds, kAllSeconds / static_cast<double>(order_.size()));
    for (std::size_t i = 0; i < order_.size() && stop_ == 0; ++i) {
      Timing& timing = *order_[i];
      calibrating_(i + 1, order_.size(), *timing.cell->cell);
      timing.result = calibrate(*timing.cell->cell, timing.cell->to_do.front(),
                                options_.threads_per_run, timing.cost, timing.total, budget, stop_);
    }
    for (const auto& [cell, timing] : timing_of_) {
      cell->seconds = timing->result.seconds;
      cell->failure = timing->result.failure;
    }
  }

  void add_up() {
    const int at_a_time = options_.runs_at_a_time();
    forecast_.runs = plan_.size();
    forecast_.done = standing_.done;
    forecast_.bytes = concurrent_bytes(standing_.pending, static_cast<std::size_t>(at_a_time));
    forecast_.available = options_.memory ? *options_.memory : available_memory();
    double sum = 0.0, longest = 0.0;
    for (const Run* run : standing_.pending) {
      const CellForecast& cell = forecast_of(*run);
      const double seconds = cell.seconds.value_or(0.0);
      forecast_.operations += cell.operations;
      sum += seconds;
      longest = std::max(longest, seconds);
    }
    forecast_.seconds = std::max(longest, sum / at_a_time);
  }

  const Experiment& experiment_;
  const RunOptions& options_;
  const CalibrationSink& calibrating_;
  const std::atomic<int>& stop_;

  std::vector<Run> plan_;
  Standing standing_;
  ExperimentForecast forecast_;
  std::map<const Cell*, std::size_t> places_;
  std::map<CellKind, Timing> timings_;
  std::vector<Timing*> order_;  ///< of the config
  std::map<CellForecast*, const Timing*> timing_of_;
};

}  // namespace

ExperimentForecast forecast_experiment(const Experiment& experiment, const RunOptions& options,
                                       const CalibrationSink& calibrating,
                                       const std::atomic<int>& stop) {
  return DryRun(experiment, options, calibrating, stop).run();
}

}  // namespace cbsim
