// One gradient step of a refit: the loss and its gradient over t samples, and the step.

#include <benchmark/benchmark.h>

#include <cmath>

#include "cbsim/training/objective.hpp"
#include "peak.hpp"
#include "support/random.hpp"

namespace cbsim::bench {
namespace {

using benchmark::State;

/// Products executed for the reduced network, 2 operations a multiply-add: 4 m d t in the first
/// layer, 6 m^2 t in each further hidden one, 4 m t in the last; 2 m t where the gradient of W_2
/// comes from that of W_1 (FusedPass), which the plain version does not do.
double primal_operations(double m, double d, double t, double depth, bool plain) {
  const bool gates = !plain && depth == 2 && d > 0 && m >= 4 * d;
  return 4 * m * d * t + 6 * m * m * t * (depth - 2) + (gates ? 2 : 4) * m * t;
}

template <class Real>
void step(State& state, Objective<Real>& objective, const Vector& initial, double operations) {
  typename Objective<Real>::Coordinates w, direction;
  objective.begin(initial, w);
  double loss = 0.0;
  for (auto _ : state) {
    loss += objective.evaluate(w, direction).total;
    w -= static_cast<Real>(1e-9) * direction;
  }
  benchmark::DoNotOptimize(loss);
  const double peak = multiply_add_peak<Real>();
  state.counters["flops"] = benchmark::Counter(
      operations, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
  state.counters["of_peak"] =
      benchmark::Counter(operations / peak, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["peak"] =
      benchmark::Counter(peak, benchmark::Counter::kDefaults, benchmark::Counter::kIs1000);
}

/// Arguments m, d, L, t, K: in K blocks of d coordinates, t samples in all.
template <class Real>
void refit_step(State& state, bool dual, bool plain, int threads) {
  const Index m = state.range(0), d = state.range(1), depth = state.range(2), t = state.range(3);
  const Index blocks = state.range(4);
  const Network network({.dim = d,
                         .blocks = blocks,
                         .width = m,
                         .depth = depth,
                         .output_scale = std::sqrt(static_cast<double>(m))});
  Stream stream(1, Purpose::contexts);
  const Vector initial =
      testing::random_vector(stream, network.parameters()) / std::sqrt(static_cast<double>(m));
  const History history = testing::random_history(stream, d, blocks, t);
  const ObjectiveSettings settings{
      .penalty = 1.0, .descent_from_initial = dual, .threads = threads};
  double operations = 0.0;
  for (Index b = 0; b < blocks; ++b) {
    const auto n = static_cast<double>(history.size(b));
    const auto width = static_cast<double>(m), dim = static_cast<double>(d);
    operations += dual ? 2 * width * n * n + primal_operations(width, 0, n, double(depth), plain)
                       : primal_operations(width, dim, n, double(depth), plain);
  }
  if constexpr (std::is_same_v<Real, double>) {
    if (plain) {
      const auto objective = make_plain_objective(network, initial, settings);
      objective->append(history);
      return step<Real>(state, *objective, initial, operations);
    }
  }
  const auto objective = make_fused_objective<Real>(network, initial, settings);
  objective->append(history);
  step<Real>(state, *objective, initial, operations);
}

void shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"m", "d", "L", "t", "K"});
  b->Args({20, 20, 2, 2000, 1});
  b->Args({100, 20, 2, 2000, 1});
  b->Args({100, 784, 2, 2000, 1});
  b->Args({100, 20, 3, 2000, 1});
  b->Args({100, 9, 2, 1000, 1});
}

/// How the cost grows: with t, m, d, L, and with K at the same per-arm dimension and t.
void growth(benchmark::internal::Benchmark* b) {
  b->ArgNames({"m", "d", "L", "t", "K"});
  for (const int t : {200, 1000, 5000, 10000}) b->Args({100, 20, 2, t, 1});
  for (const int m : {20, 50, 200, 1000}) b->Args({m, 20, 2, 2000, 1});
  for (const int d : {5, 50, 200}) b->Args({100, d, 2, 2000, 1});
  for (const int depth : {4, 6}) b->Args({100, 20, depth, 2000, 1});
  for (const int t : {1000, 2000}) {
    for (const int arms : {1, 10}) b->Args({100, 50, 2, t, arms});
  }
}

void dual_shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"m", "d", "L", "t", "K"});
  b->Args({100, 784, 2, 400, 1});
  b->Args({100, 784, 2, 1500, 1});
  b->Args({100, 784, 2, 2000, 10});
}

void long_runs(benchmark::internal::Benchmark* b) {
  b->ArgNames({"m", "d", "L", "t", "K"});
  b->Args({100, 20, 2, 4000, 1});
  b->Args({100, 20, 2, 10000, 1});
}

constexpr auto refit_double = refit_step<double>;
constexpr auto refit_single = refit_step<float>;

BENCHMARK_CAPTURE(refit_double, fused, false, false, 1)->Apply(shapes);
BENCHMARK_CAPTURE(refit_single, fused, false, false, 1)->Apply(shapes);
BENCHMARK_CAPTURE(refit_double, plain, false, true, 1)->Apply(shapes);
BENCHMARK_CAPTURE(refit_double, growth, false, false, 1)->Apply(growth);
BENCHMARK_CAPTURE(refit_double, dual, true, false, 1)->Apply(dual_shapes);
BENCHMARK_CAPTURE(refit_single, dual, true, false, 1)->Apply(dual_shapes);
BENCHMARK_CAPTURE(refit_double, one_thread, false, false, 1)->Apply(long_runs)->UseRealTime();
BENCHMARK_CAPTURE(refit_double, two_threads, false, false, 2)->Apply(long_runs)->UseRealTime();

}  // namespace
}  // namespace cbsim::bench
