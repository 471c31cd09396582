#pragma once

#include <functional>
#include <string>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// Floating-point operations of one round. A refit is told apart from the rest because its
/// operations run at another speed.
struct RoundCost {
  double operations = 0.0;        ///< scores, widths, Z
  double refit_operations = 0.0;  ///< 0 in a round without a refit
  /// Numbers of vectors like theta that the steps of the refit go over, which takes time of its
  /// own.
  double refit_numbers = 0.0;

  RoundCost& operator+=(const RoundCost& other) {
    operations += other.operations;
    refit_operations += other.refit_operations;
    refit_numbers += other.refit_numbers;
    return *this;
  }
  double total() const { return operations + refit_operations; }
  /// Of the refit, in operations of its products: a number that a step goes over (step, penalty,
  /// norms, packing) takes the time of about 30 of them.
  double refit_work() const { return refit_operations + 30.0 * refit_numbers; }
};

/// What a run costs, forecast from sizes and counts alone.
struct RunCost {
  double bytes = 0.0;                     ///< the most that it holds at a time
  std::function<RoundCost(Index)> round;  ///< of round t = 1..horizon
  std::string remedy;                     ///< what makes it smaller, besides a shorter horizon
};

/// An array that grows by doubling holds up to twice its content, and for a moment the old copy as
/// well: bytes for a byte of content, about.
constexpr double kGrowth = 1.4;

}  // namespace cbsim
