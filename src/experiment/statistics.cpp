#include "cbsim/experiment/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace cbsim {

Estimate estimate(std::span<const double> values) {
  Estimate result{values.size(), {}, {}, {}, {}};
  if (values.empty()) return result;
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  result.mean = mean;
  if (values.size() == 1) return result;

  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double error = std::sqrt(squares / (n - 1.0) / n);
  const double reach = student_t_quantile(0.975, n - 1.0) * error;
  result.standard_error = error;
  result.low = mean - reach;
  result.high = mean + reach;
  return result;
}

std::optional<double> median(std::span<const double> values) {
  if (values.empty()) return {};
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
}

}  // namespace cbsim
