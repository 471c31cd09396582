#include "forecast.hpp"

#include <algorithm>

namespace cbsim {

void Forecast::finish(const Cell* cell, double seconds) {
  Costs& costs = cells_[cell];
  ++costs.finished;
  costs.finished_seconds += seconds;
}

void Forecast::add_running(const Cell* cell, double seconds, Index round) {
  if (round == 0) return;
  Costs& costs = cells_[cell];
  ++costs.running;
  costs.running_seconds += seconds;
  costs.running_total += seconds * static_cast<double>(cell->horizon) / static_cast<double>(round);
}

void Forecast::clear_running() {
  for (auto& [cell, costs] : cells_) {
    costs.running = 0;
    costs.running_seconds = costs.running_total = 0.0;
  }
}

std::optional<double> Forecast::cost(const Costs& costs) {
  if (costs.finished > 0) return costs.finished_seconds / costs.finished;
  if (costs.running > 0) return costs.running_total / costs.running;
  return {};
}

std::optional<double> Forecast::seconds_left(int runs_at_a_time) const {
  double known = 0.0;
  int known_cells = 0;
  for (const auto& [cell, costs] : cells_) {
    if (const auto value = cost(costs)) {
      known += *value;
      ++known_cells;
    }
  }
  if (known_cells == 0) return {};
  double work = 0.0;
  for (const auto& [cell, costs] : cells_) {
    const double each = cost(costs).value_or(known / known_cells);
    work += each * costs.pending + std::max(0.0, costs.running_total - costs.running_seconds);
  }
  return work / runs_at_a_time;
}

}  // namespace cbsim
