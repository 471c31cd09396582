#pragma once

// What the machine could do at most, measured in the same process.

namespace cbsim::bench {

/// Multiply-adds of independent vector registers, in floating-point operations a second.
template <class Real>
double multiply_add_peak();

/// Bytes a second of a sum over `count` doubles.
double read_bandwidth(const double* data, long count);

}  // namespace cbsim::bench
