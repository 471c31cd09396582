#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// What a random stream is for. Streams of different purposes are independent, so a policy's own
/// draws never change the contexts or the noise that it meets. The numbers are part of the
/// reproducibility contract: never renumber, only append.
enum class Purpose : std::uint32_t {
  contexts = 1,
  noise = 2,
  hidden_parameter = 3,
  initial_weights = 4,
  policy = 5,
  shuffle = 6,
  batches = 7,
  perturbed_rewards = 8,
  ensemble = 9,
  inclusion = 10,
  dropout = 11,
  delay = 16,
  acceptance = 17,
};

/// A counter-based random stream: Philox4x64-10 (Salmon et al., SC 2011; Random123) with key
/// (seed, purpose) and counter (draw, round). A stream is a pure function of (seed, purpose,
/// round), so any round can be drawn again without the rounds before it, and no state has to be
/// saved.
///
/// The distributions are our own, because those of the standard library differ between vendors.
class Stream {
 public:
  Stream(Seed seed, Purpose purpose, std::uint64_t round = 0);

  /// The next 64 random bits.
  std::uint64_t bits();

  /// Uniform on [0, 1), a multiple of 2^-53.
  double uniform();

  /// Standard normal (Box-Muller, both values of a pair are used).
  double normal();

  /// Gamma of a shape > 0 and rate 1 (Marsaglia, Tsang 2000; a shape below 1 by the power of a
  /// uniform).
  double gamma(double shape);

  /// Uniform on {0, ..., n-1} without bias (Lemire 2019). n must be positive.
  std::uint64_t below(std::uint64_t n);

 private:
  std::array<std::uint64_t, 2> key_;
  std::array<std::uint64_t, 4> counter_;
  std::array<std::uint64_t, 4> block_{};
  unsigned used_ = 4;
  double spare_normal_ = 0.0;
  bool has_spare_ = false;
};

/// Fills `out` with independent standard normals, in storage order.
void fill_normal(Stream& stream, MatrixRef out);

/// Puts `items` into a uniform random order (Fisher-Yates).
void shuffle(Stream& stream, std::vector<Index>& items);

/// A uniform random permutation of 0..n-1.
std::vector<Index> random_permutation(Stream& stream, Index n);

}  // namespace cbsim
