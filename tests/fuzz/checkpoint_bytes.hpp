#pragma once

#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "fuzz.hpp"

namespace cbsim::fuzz {

constexpr std::string_view kCheckpointMagic = "cbsim checkpoint 1\n";

inline std::uint64_t number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

inline void put_number(std::string& bytes, std::size_t at, std::uint64_t value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

inline std::uint64_t checksum(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

/// Puts right what an accident would have to hit and a forger would not: the magic, the checksum
/// and, where it is wrong, how much of `growth` counts; then the checksum of each record of it.
inline void repair(std::string& state, std::string& growth) {
  const std::size_t head = kCheckpointMagic.size();
  if (state.size() < head + 16) return;
  state.replace(0, head, kCheckpointMagic);
  // The identity is a text, and the size of `growth` follows.
  const std::uint64_t identity = number_at(state, head);
  const bool fits = identity <= state.size() - head - 16 && state.size() - identity >= head + 24;
  if (fits && number_at(state, head + 8 + identity) > growth.size()) {
    put_number(state, head + 8 + identity, growth.size());
  }
  put_number(state, state.size() - 8,
             checksum(std::string_view(state).substr(head, state.size() - head - 8)));
  for (std::size_t at = 0; growth.size() - at >= 24;) {
    const std::uint64_t name = number_at(growth, at);
    if (name > growth.size() - at - 24) return;
    const std::size_t sum = at + 16 + name, piece = sum + 8;
    const std::uint64_t size = std::min<std::uint64_t>(number_at(growth, sum - 8),
                                                       growth.size() - piece);
    put_number(growth, sum - 8, size);
    const std::string_view bytes = growth;
    put_number(growth, sum,
               checksum(bytes.substr(at, 16 + name)) ^ checksum(bytes.substr(piece, size)));
    at = piece + size;
  }
}

}  // namespace cbsim::fuzz
