#pragma once

#include <vector>

#include "cbsim/confidence/cholesky_factor.hpp"
#include "cbsim/core/contexts.hpp"
#include "cbsim/core/outcome.hpp"
#include "cbsim/model/linear_model.hpp"

namespace cbsim {

/// A = lambda I + sum x x^T of the observations: one for all arms or one for each, a block each.
class Design {
 public:
  Design(const LinearSettings& settings, const ContextShape& shape);

  Index dim() const { return dim_; }
  Index blocks() const { return static_cast<Index>(factors_.size()); }
  /// The block of an arm.
  Index block(Index arm) const { return blocks() == 1 ? 0 : arm; }
  const CholeskyFactor& factor(Index block) const {
    return factors_[static_cast<std::size_t>(block)];
  }

  void add(const Observation& seen);

  /// out_a = sqrt(x_a^T A^{-1} x_a), K.
  void widths(const Contexts& contexts, Vector& out);

  ConfidenceState confidence_state() const {
    return {.t = size_, .log_det = log_det_, .lambda = lambda_};
  }
  void state(StateArchive& archive);
  /// log_det and effective_dim.
  Diagnostics diagnostics() const;

 private:
  Index arms_, dim_;
  double lambda_;
  std::vector<CholeskyFactor> factors_;
  Matrix solved_;  ///< dim x K, or dim x 1
  double log_det_ = 0.0;
  Index size_ = 0;
};

}  // namespace cbsim
