#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numbers>
#include <vector>

namespace cbsim::test {

// Bounds of statistical tests, all at a significance of 1e-6: a correct program exceeds one of them
// for one seed in a million; as seeds are fixed, a test that passes once passes for ever.

/// Of a standard normal statistic, two-sided.
constexpr double kNormalBound = 4.892;

/// Of Kolmogorov's statistic sqrt(n) D_n (asymptotic law: 2 exp(-2 x^2) = 1e-6).
constexpr double kKolmogorovBound = 2.694;

/// Of chi-squared with `degrees` degrees of freedom (Wilson-Hilferty, z = 4.7534).
inline double chi_squared_bound(std::size_t degrees) {
  const auto k = static_cast<double>(degrees);
  const double h = 2.0 / (9.0 * k);
  return k * std::pow(1.0 - h + 4.7534 * std::sqrt(h), 3);
}

/// sqrt(n) sup |F_n - F|.
inline double kolmogorov_statistic(std::vector<double> sample,
                                   const std::function<double(double)>& cdf) {
  std::ranges::sort(sample);
  const auto n = static_cast<double>(sample.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double f = cdf(sample[i]);
    distance =
        std::max({distance, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
  }
  return std::sqrt(n) * distance;
}

inline double chi_squared_statistic(const std::vector<std::size_t>& counts) {
  double total = 0.0;
  for (const std::size_t count : counts) total += static_cast<double>(count);
  const double expected = total / static_cast<double>(counts.size());
  double statistic = 0.0;
  for (const std::size_t count : counts) {
    const double gap = static_cast<double>(count) - expected;
    statistic += gap * gap / expected;
  }
  return statistic;
}

inline double uniform_cdf(double x) { return std::clamp(x, 0.0, 1.0); }
inline double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// sqrt(n) times the sample correlation: standard normal for independent samples of large n.
inline double correlation_statistic(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sx += x[i], sy += y[i], sxx += x[i] * x[i], syy += y[i] * y[i], sxy += x[i] * y[i];
  }
  const double covariance = sxy - sx * sy / n;
  return std::sqrt(n) * covariance / std::sqrt((sxx - sx * sx / n) * (syy - sy * sy / n));
}

}  // namespace cbsim::test
