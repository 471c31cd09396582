#include "cbsim/experiment/record_points.hpp"

#include <algorithm>
#include <cmath>

namespace cbsim {
namespace {

/// 1 + i (T-1)/m rounded to the nearest, without overflow.
Index linear_point(Index i, Index m, Index horizon) {
  const Index whole = (horizon - 1) / m, rest = (horizon - 1) % m;
  return 1 + i * whole + (i * rest + m / 2) / m;
}

Index log_point(Index i, Index m, Index horizon) {
  const double exponent = static_cast<double>(i) / static_cast<double>(m);
  return std::llround(std::pow(static_cast<double>(horizon), exponent));
}

}  // namespace

std::vector<Index> record_points(Index horizon, Index points, Spacing spacing) {
  const Index n = std::min(points, horizon);
  if (n <= 1) return {horizon};
  std::vector<Index> rounds;
  rounds.reserve(static_cast<std::size_t>(n));
  Index previous = 0;
  for (Index i = 0; i < n; ++i) {
    const Index wanted =
        spacing == Spacing::linear ? linear_point(i, n - 1, horizon) : log_point(i, n - 1, horizon);
    const Index room = horizon - (n - 1 - i);  // leaves a round for each point that follows
    previous = std::min(std::max(wanted, previous + 1), room);
    rounds.push_back(previous);
  }
  return rounds;
}

}  // namespace cbsim
