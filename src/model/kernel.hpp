#pragma once

#include <span>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// A kernel k(x, x') and the t contexts that have been stored.
class Kernel {
 public:
  virtual ~Kernel() = default;

  virtual Index size() const = 0;  ///< t

  /// k of each of n contexts with each of the stored ones, in the order of storing (n x t), and
  /// with itself (n).
  virtual void evaluate(std::span<const ContextView> contexts, Matrix& with_stored,
                        Vector& with_itself) = 0;

  /// Stores a context that is number `i` of those that were evaluated last.
  virtual void store(const ContextView& context, Index i) = 0;

  /// As RewardModel::weights.
  virtual Vector weights() const { return {}; }

  /// Saves or restores the stored contexts.
  virtual void state(StateArchive& archive) = 0;
};

}  // namespace cbsim
