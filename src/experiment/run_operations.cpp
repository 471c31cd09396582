#include "cbsim/experiment/run_operations.hpp"

#include <cmath>

namespace cbsim {

// Rounds in the golden ratio's low-discrepancy order: evenly spread, but in step with no period of
// refits.
double run_operations(const Cell& cell) {
  constexpr Index kRounds = 256;
  constexpr double kGoldenRatio = 0.6180339887498949;
  const RunCost cost = cell.policy->cost(cell.environment->facts(), cell.horizon);
  const bool all = cell.horizon <= kRounds;
  const Index rounds = all ? cell.horizon : kRounds;
  double sum = 0.0;
  for (Index i = 0; i < rounds; ++i) {
    const double place = std::fmod(kGoldenRatio * static_cast<double>(i), 1.0);
    const Index t = all ? i : static_cast<Index>(place * static_cast<double>(cell.horizon));
    sum += cost.round(t + 1).total();
  }
  return sum * static_cast<double>(cell.horizon) / static_cast<double>(rounds);
}

}  // namespace cbsim
