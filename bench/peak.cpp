#include "peak.hpp"

#include <algorithm>
#include <chrono>

#include "../src/training/panel_kernels.hpp"

namespace cbsim::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Keeps a value in a register and unknown to the optimiser.
template <class V>
void opaque(V& v) {
  asm volatile("" : "+x"(v));
}

}  // namespace

template <class Real>
double multiply_add_peak() {
  using V = kernels::Vec<Real>;
  constexpr int chains = 12, repeats = 200000;
  double best = 0.0;
  for (int trial = 0; trial < 5; ++trial) {
    V acc[chains] = {}, a = kernels::broadcast(Real(0.999)), b = kernels::broadcast(Real(0.001));
    for (V& v : acc) opaque(v);  // or equal chains would be computed once
    opaque(a);
    opaque(b);
    const auto start = Clock::now();
    for (int i = 0; i < repeats; ++i) {
#pragma GCC unroll 16
      for (int c = 0; c < chains; ++c) acc[c] = acc[c] * a + b;
    }
    const double time = seconds_since(start);
    for (V& v : acc) opaque(v);
    best = std::max(best, 2.0 * chains * repeats * kernels::kLanes<Real> / time);
  }
  return best;
}

template double multiply_add_peak<float>();
template double multiply_add_peak<double>();

double read_bandwidth(const double* data, long count) {
  using V = kernels::Vec<double>;
  constexpr int chains = 8, step = chains * kernels::kLanes<double>;
  double best = 0.0;
  for (int trial = 0; trial < 3; ++trial) {
    V acc[chains] = {};
    for (V& v : acc) opaque(v);
    const auto start = Clock::now();
    for (long i = 0; i + step <= count; i += step) {
#pragma GCC unroll 16
      for (int c = 0; c < chains; ++c) acc[c] += kernels::load(data + i + c * kernels::kLanes<double>);
    }
    for (V& v : acc) opaque(v);
    best = std::max(best, static_cast<double>(count) * sizeof(double) / seconds_since(start));
  }
  return best;
}

}  // namespace cbsim::bench
