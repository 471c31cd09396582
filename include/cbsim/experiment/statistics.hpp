#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace cbsim {

/// The value that a variable of Student's distribution exceeds with probability 1 - `probability`.
/// 0 < probability < 1, degrees > 0.
double student_t_quantile(double probability, double degrees);

/// What a sample says of the mean of its distribution.
struct Estimate {
  std::size_t n = 0;
  std::optional<double> mean;            ///< from n = 1
  std::optional<double> standard_error;  ///< sd / sqrt(n), sd² over n - 1; this and the rest n = 2
  std::optional<double> low, high;       ///< 95 % confidence interval by Student's t
};

Estimate estimate(std::span<const double> values);

/// Of an even number of values the mean of the middle two; none of none.
std::optional<double> median(std::span<const double> values);

}  // namespace cbsim
