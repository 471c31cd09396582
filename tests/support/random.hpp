#pragma once

#include <vector>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/history.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/training/network.hpp"

namespace cbsim::testing {

inline Matrix random_matrix(Stream& stream, Index rows, Index cols) {
  Matrix out(rows, cols);
  fill_normal(stream, out);
  return out;
}

inline Vector random_vector(Stream& stream, Index n) { return random_matrix(stream, n, 1).col(0); }

/// Contexts of the given shape with standard normal coordinates.
inline Contexts random_contexts(Stream& stream, const ContextShape& shape) {
  Contexts contexts;
  contexts.resize(shape);
  fill_normal(stream, contexts.values());
  return contexts;
}

/// n observations with normal contexts and rewards, in random blocks.
inline History random_history(Stream& stream, Index dim, Index blocks, Index n) {
  History history(dim, blocks);
  for (Index i = 0; i < n; ++i) {
    const Vector x = random_vector(stream, dim);
    const auto block = static_cast<Index>(stream.below(static_cast<std::uint64_t>(blocks)));
    history.add(ContextView(block, x.data(), dim), stream.normal());
  }
  return history;
}

/// The gradient of every arm as an explicit column, p x K.
inline Matrix explicit_gradients(const ParameterLayout& layout, const GradientFactors& factors) {
  Matrix out(layout.size(), factors.count());
  for (Index i = 0; i < factors.count(); ++i) write_gradient(layout, factors, i, out.col(i));
  return out;
}

}  // namespace cbsim::testing
