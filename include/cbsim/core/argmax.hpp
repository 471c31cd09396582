#pragma once

#include "cbsim/core/types.hpp"

namespace cbsim {

/// The index of the largest value; the lowest index wins a tie.
/// Throws RunError naming the arm when a value is not finite, std::invalid_argument when empty.
Index argmax(const ConstVectorRef& values);

/// What scores of one round may differ by and be tied, relative to the largest of their absolute
/// values: far more than their rounding errors, far less than what tells arms apart.
constexpr double kTie = 1e-12;

/// The lowest index of those whose scores are the largest but for rounding, by kTie. The scores of
/// LinUCB tie where nothing has been learnt yet and all contexts have the same length; which of
/// them is the largest by a last digit depends on the processor and the compiler, and this does
/// not. Errors as for `argmax`.
Index argmax_but_for_rounding(const ConstVectorRef& scores);

}  // namespace cbsim
