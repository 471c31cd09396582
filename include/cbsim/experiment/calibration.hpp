#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "cbsim/core/cost.hpp"
#include "cbsim/experiment/experiment.hpp"

namespace cbsim {

/// Some work that was timed: so many units of it, with so many operations.
struct Sample {
  double units = 0.0;
  double operations = 0.0;
  double seconds = 0.0;
};

struct Rates {
  double per_unit = 0.0;
  double per_operation = 0.0;

  double seconds(double units, double operations) const {
    return per_unit * units + per_operation * operations;
  }
};

/// The rates >= 0 that fit the samples best (least squares).
Rates fit_rates(const std::vector<Sample>& samples);

struct Calibration {
  std::optional<double> seconds{};  ///< of a whole run; absent where its beginning failed
  std::string failure{};            ///< why
};

/// Really runs the first rounds of a run, for about `budget` seconds, and extrapolates its
/// processor time: the rounds by their number and operations, the refits by their work. `total` is
/// the sum of cost.round over the horizon.
Calibration calibrate(const Cell& cell, Seed seed, int threads, const RunCost& cost,
                      const RoundCost& total, double budget, const std::atomic<int>& stop);

}  // namespace cbsim
