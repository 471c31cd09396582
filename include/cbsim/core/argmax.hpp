#pragma once

#include "cbsim/core/types.hpp"

namespace cbsim {

/// The index of the largest score; the lowest index wins a tie.
/// Throws RunError naming the arm when a score is not finite, std::invalid_argument when empty.
Index argmax(const ConstVectorRef& scores);

}  // namespace cbsim
