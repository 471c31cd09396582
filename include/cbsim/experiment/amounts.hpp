#pragma once

#include <string>

namespace cbsim {

// Amounts as people read them, to three digits.

/// "480 MB", in powers of 1000.
std::string bytes_text(double bytes);
/// "3.2 TFLOP"
std::string operations_text(double operations);
/// "0.02 s", "3.4 s", "2 min 05 s", "1 h 07 min", "12 d 03 h"
std::string duration_text(double seconds);

}  // namespace cbsim
