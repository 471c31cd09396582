#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/runner.hpp"

namespace cbsim {

/// What is known of the runs of a cell before they are run.
struct CellForecast {
  const Cell* cell = nullptr;
  std::vector<Seed> done{}, to_do{};
  // Of one run.
  double operations = 0.0;
  double bytes = 0.0;               ///< the most that it holds at a time
  std::optional<double> seconds{};  ///< absent where there is nothing to do, or it would fail
  std::string failure{};            ///< of the first rounds
};

struct ExperimentForecast {
  std::vector<CellForecast> cells;  ///< in the order of the config
  std::size_t runs = 0, done = 0;   ///< rows of the plan
  // Of all that is to do; runs that share a key count once.
  double operations = 0.0;
  double bytes = 0.0;      ///< the most that the runs at a time hold together
  double available = 0.0;  ///< bytes
  double seconds = 0.0;    ///< until all is done with that many runs at a time
};

/// Is told before the first rounds of a cell are run to time them: its number, of how many.
using CalibrationSink = std::function<void(std::size_t, std::size_t, const Cell&)>;

/// Forecasts what `run_experiment` would do with the same arguments, and does nothing of it: no
/// file is written. Time comes from running the first rounds of cells, about 1.5 s a cell and 20 s
/// in all; cells whose policies are of one type and cost the same are timed once.
/// Throws the InputErrors of `run_experiment`.
ExperimentForecast forecast_experiment(const Experiment& experiment, const RunOptions& options,
                                       const CalibrationSink& calibrating,
                                       const std::atomic<int>& stop);

}  // namespace cbsim
