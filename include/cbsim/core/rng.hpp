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
