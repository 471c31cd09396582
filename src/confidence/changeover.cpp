#include "cbsim/confidence/changeover.hpp"

#include <cmath>

namespace cbsim {
namespace {

// Measured on a core of an AMD EPYC 7003 with AVX2 that reads 17 GB/s, p from 2 to 4000, t to 4000,
// 1 to 10 arms; mostly within a factor of 1.6. A number of Z^{-1} costs more than one of R because
// its triangle is read again for the update and written with that of Z, while R is read once. The
// lower powers decide for tiny p only.
constexpr double kSolve = 0.35;      // a number of R, t^2 / 2 of them
constexpr double kSolveArm = 0.03;   // the same, for each arm
constexpr double kRow = 30.0;        // a row of R
constexpr double kRowArm = 10.0;     // the same, for each arm
constexpr double kProduct = 0.15;    // a number of a factor in the history, for each arm
constexpr double kUpdate = 0.9;      // a number of Z^{-1}, p^2 of them
constexpr double kUpdateArm = 0.15;  // the same, for each arm
constexpr double kUpdateRow = 40.0;  // a row of Z^{-1}
constexpr double kBuild = 0.055;     // a number of g g^T, p^2 of them
constexpr double kInvert = 0.13;     // Cholesky factorisation and inverse, p^3
constexpr double kInvertRow = 40.0;  // the same, p^2

}  // namespace

FormCosts form_costs(const ParameterLayout& layout, Index arms) {
  const auto p = static_cast<double>(layout.size()), n = static_cast<double>(arms);
  double factors = 0.0;
  for (const ParameterMatrix& matrix : layout.matrices) {
    factors += static_cast<double>(matrix.rows) +
               static_cast<double>(matrix.cols) / static_cast<double>(matrix.blocks);
  }
  return {.solve = (kSolve + kSolveArm * n) / 2.0,
          .products = kRow + kRowArm * n + kProduct * n * factors,
          .primal = (kUpdate + kUpdateArm * n) * p * p + kUpdateRow * p,
          .build = kBuild * p * p,
          .invert = kInvert * p * p * p + kInvertRow * p * p};
}

// A changeover after t > 0 costs sum_{s < t} (solve s^2 + products s) + build t + invert +
// (horizon - t) primal, convex in t with its least where solve t^2 + products t + build = primal;
// t = 0 has no conversion, and t = horizon no primal round.
std::optional<Index> cheapest_changeover(const FormCosts& costs, Index horizon) {
  const auto dual_until = [&](double t) {
    return costs.solve * t * t * t / 3.0 + costs.products * t * t / 2.0;
  };
  const auto rounds = static_cast<double>(horizon);
  std::optional<Index> best;
  double least = dual_until(rounds);
  const auto consider = [&](double t, double cost) {
    if (cost < least) {
      least = cost;
      best = static_cast<Index>(t);
    }
  };
  const double half = costs.products / (2.0 * costs.solve);
  const double t =
      std::ceil(std::sqrt(half * half + (costs.primal - costs.build) / costs.solve) - half);
  if (t < rounds) {
    consider(t, dual_until(t) + costs.build * t + costs.invert + (rounds - t) * costs.primal);
  }
  consider(0.0, rounds * costs.primal);
  return best;
}

}  // namespace cbsim
