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
using Kind = std::tuple<const PolicyType*, const EnvironmentType*, Index, double, double>;

struct Timing {
  const CellForecast* cell;
  RunCost cost;
  RoundCost total;
  Calibration result{};
};

RoundCost sum_of(const RunCost& cost, Index horizon) {
  RoundCost sum;
  for (Index t = 1; t <= horizon; ++t) sum += cost.round(t);
  return sum;
}

}  // namespace

ExperimentForecast forecast_experiment(const Experiment& experiment, const RunOptions& options,
                                       const CalibrationSink& calibrating,
                                       const std::atomic<int>& stop) {
  const std::vector<Run> plan = plan_runs(experiment);
  check_folder(options.folder, experiment, options.force);
  const Standing standing = standing_of(plan, experiment.record, options.folder);
  check_memory(experiment, standing.pending, options);

  ExperimentForecast forecast;
  forecast.runs = plan.size();
  forecast.done = standing.done;
  forecast.available = options.memory ? *options.memory : available_memory();
  forecast.bytes = concurrent_bytes(standing.pending,
                                    static_cast<std::size_t>(options.runs_at_a_time()));

  std::map<const Cell*, std::size_t> places;
  forecast.cells.reserve(experiment.cells.size());
  for (const Cell& cell : experiment.cells) {
    places[&cell] = forecast.cells.size();
    forecast.cells.push_back({.cell = &cell});
  }
  for (const Run& run : plan) {
    CellForecast& cell = forecast.cells[places[run.cell]];
    (standing.is_done(run) ? cell.done : cell.to_do).push_back(run.seed);
  }

  std::map<Kind, Timing> timings;
  std::vector<Timing*> of_cells, order;
  for (CellForecast& cell : forecast.cells) {
    const RunCost cost = cell.cell->policy->cost(cell.cell->environment->facts(), cell.cell->horizon);
    const RoundCost total = sum_of(cost, cell.cell->horizon);
    cell.operations = total.total();
    cell.bytes = run_bytes(*cell.cell);
    of_cells.push_back(nullptr);
    if (cell.to_do.empty()) continue;
    const Kind kind{cell.cell->policy_type, cell.cell->environment_type, cell.cell->horizon,
                    cell.bytes, cell.operations};
    const auto [entry, is_new] = timings.try_emplace(kind, Timing{&cell, cost, total});
    of_cells.back() = &entry->second;
    if (is_new) order.push_back(&entry->second);
  }

  const double budget = std::min(kCellSeconds, kAllSeconds / static_cast<double>(order.size()));
  for (std::size_t i = 0; i < order.size() && stop == 0; ++i) {
    Timing& timing = *order[i];
    calibrating(i + 1, order.size(), *timing.cell->cell);
    timing.result = calibrate(*timing.cell->cell, timing.cell->to_do.front(),
                              options.threads_per_run, timing.cost, timing.total, budget, stop);
  }
  for (std::size_t i = 0; i < of_cells.size(); ++i) {
    if (of_cells[i] == nullptr) continue;
    forecast.cells[i].seconds = of_cells[i]->result.seconds;
    forecast.cells[i].failure = of_cells[i]->result.failure;
  }

  double sum = 0.0, longest = 0.0;
  for (const Run* run : standing.pending) {
    const CellForecast& cell = forecast.cells[places[run->cell]];
    forecast.operations += cell.operations;
    sum += cell.seconds.value_or(0.0);
    longest = std::max(longest, cell.seconds.value_or(0.0));
  }
  forecast.seconds = std::max(longest, sum / options.runs_at_a_time());
  return forecast;
}

}  // namespace cbsim
