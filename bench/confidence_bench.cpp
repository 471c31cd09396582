// Z: the triangular solve of its dual form against the memory bandwidth, and a round of each form.

#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <string>

#include "cbsim/confidence/confidence.hpp"
#include "cbsim/confidence/packed_triangle.hpp"
#include "peak.hpp"
#include "support/random.hpp"

namespace cbsim::bench {
namespace {

using benchmark::State;

/// Arguments t, K: R v = k for K right-hand sides, R packed with t rows.
void dual_solve(State& state) {
  const Index t = state.range(0), arms = state.range(1);
  PackedTriangle triangle;
  const Eigen::RowVectorXd row = Eigen::RowVectorXd::Constant(t, 1e-6);
  for (Index i = 0; i < t; ++i) triangle.append(row.head(i), 1.0);
  Matrix x(arms, t);
  for (auto _ : state) {
    x.setOnes();
    triangle.solve(x);
    benchmark::DoNotOptimize(x.data());
  }
  const Vector flat = Vector::Constant(t * (t + 1) / 2, 1e-6);
  const double bandwidth = read_bandwidth(flat.data(), flat.size());
  const double bytes = static_cast<double>(flat.size()) * sizeof(double);
  state.counters["bytes"] =
      benchmark::Counter(bytes, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["of_bandwidth"] =
      benchmark::Counter(bytes / bandwidth, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["bandwidth"] = bandwidth;
}

BENCHMARK(dual_solve)
    ->ArgNames({"t", "K"})
    ->Args({2000, 4})
    ->Args({10000, 1})
    ->Args({10000, 4})
    ->Args({10000, 10})
    ->Unit(benchmark::kMillisecond);

/// Arguments d, m, blocks, K, T: T rounds of scoring K arms and adding one.
void rounds(State& state, const std::string& form) {
  const Index d = state.range(0), m = state.range(1), blocks = state.range(2);
  const Index arms = state.range(3), horizon = state.range(4);
  const Network network({.dim = d,
                         .blocks = blocks,
                         .width = m,
                         .depth = 2,
                         .output_scale = std::sqrt(static_cast<double>(m))});
  const ConfidenceSetup setup{
      .scale = static_cast<double>(m), .horizon = horizon, .arms = arms};
  for (auto _ : state) {
    const auto confidence = form == "primal" ? make_primal_confidence(network.layout(), setup)
                            : form == "dual" ? make_dual_confidence(network.layout(), setup)
                            : form == "full"
                                ? make_full_confidence(network.layout(), setup)
                                : make_diagonal_confidence(network.layout(), setup);
    Stream stream(1, Purpose::contexts);
    const Vector theta =
        testing::random_vector(stream, network.parameters()) / std::sqrt(static_cast<double>(m));
    Vector f, widths;
    GradientFactors gradients;
    for (Index t = 0; t < horizon; ++t) {
      const Contexts contexts =
          testing::random_contexts(stream, {.arms = arms, .dim = d, .blocks = blocks});
      network.evaluate(theta, contexts.views(), f, &gradients);
      confidence->squared_widths(gradients, widths);
      confidence->add(gradients, t % arms);
    }
  }
  state.counters["round"] = benchmark::Counter(
      static_cast<double>(horizon),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void forms(benchmark::internal::Benchmark* b) {
  b->ArgNames({"d", "m", "blocks", "K", "T"})
      ->Args({20, 20, 1, 4, 3000})
      ->Unit(benchmark::kMillisecond)
      ->Iterations(1);
}

BENCHMARK_CAPTURE(rounds, primal, std::string("primal"))->Apply(forms);
BENCHMARK_CAPTURE(rounds, dual, std::string("dual"))->Apply(forms);
BENCHMARK_CAPTURE(rounds, full, std::string("full"))->Apply(forms);
BENCHMARK_CAPTURE(rounds, diagonal, std::string("diagonal"))->Apply(forms);

}  // namespace
}  // namespace cbsim::bench
