#pragma once

#include <map>
#include <optional>

#include "cbsim/experiment/experiment.hpp"

namespace cbsim {

/// Forecasts what is left of an experiment. A run of a cell is taken to cost as much as the
/// cell's finished runs did on average, or, before there is one, what its running ones extrapolate
/// to; a cell of which nothing is known yet costs the mean of the others.
class Forecast {
 public:
  void add_pending(const Cell* cell) { ++cells_[cell].pending; }
  void start(const Cell* cell) { --cells_[cell].pending; }
  void finish(const Cell* cell, double seconds);
  /// Once for each running run, after `clear_running`.
  void add_running(const Cell* cell, double seconds, Index round);
  void clear_running();

  /// Seconds until all is done with that many runs at a time; absent before anything is known.
  std::optional<double> seconds_left(int runs_at_a_time) const;

 private:
  struct Costs {
    int pending = 0;
    int finished = 0;
    double finished_seconds = 0.0;
    int running = 0;
    double running_seconds = 0.0;  ///< spent so far
    double running_total = 0.0;    ///< extrapolated to the horizon
  };
  static std::optional<double> cost(const Costs& costs);

  std::map<const Cell*, Costs> cells_;
};

}  // namespace cbsim
