#pragma once

#include <functional>
#include <string>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// Floating-point operations of one round. A refit is told apart from the rest because its
/// operations run at another speed.
struct RoundCost {
  double operations = 0.0;        ///< scores, widths, Z
  double steps = 0.0;             ///< of a refit; 0 in a round without one
  double refit_operations = 0.0;  ///< all steps together

  RoundCost& operator+=(const RoundCost& other) {
    operations += other.operations;
    steps += other.steps;
    refit_operations += other.refit_operations;
    return *this;
  }
  double total() const { return operations + refit_operations; }
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
