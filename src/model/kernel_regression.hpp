#pragma once

#include <memory>

#include "cbsim/confidence/packed_triangle.hpp"
#include "cbsim/core/cost.hpp"
#include "cbsim/model/reward_model.hpp"
#include "kernel.hpp"

namespace cbsim {

/// Ridge regression in the feature space of a kernel. With Gamma the Gram matrix of the t stored
/// contexts, R R^T = Gamma + lambda I (R lower triangular, t x t), k the kernel of x with each of
/// them, v = R^{-1} k and u = R^{-1} r,
///   prediction  k^T (Gamma + lambda I)^{-1} r = v^T u,
///   width^2     (k(x, x) - k^T (Gamma + lambda I)^{-1} k) / lambda = (k(x, x) - |v|^2) / lambda,
/// and storing x appends the row (v^T, sqrt(lambda + k(x, x) - |v|^2)) to R: no more work where x
/// is one of the contexts just scored. A context is stored when its reward arrives, until there are
/// `capacity` of them; the model stays as it is then.
class KernelRegression final : public RewardModel {
 public:
  KernelRegression(std::unique_ptr<Kernel> kernel, Index arms, double lambda, Index capacity);

  void predict(const Contexts& contexts, Vector& mean) override;
  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override;
  void update(const Outcome& outcome) override;
  ConfidenceState confidence_state() const override;
  Diagnostics diagnostics() const override;
  Vector weights(bool initial) const override;
  void state(StateArchive& archive) override;

 private:
  Index size() const { return r_.size(); }  ///< t
  bool is_solved(const Observation& seen) const;
  void store(const Observation& seen);

  std::unique_ptr<Kernel> kernel_;
  Index arms_;
  double lambda_;
  Index capacity_;
  PackedTriangle r_;
  Vector u_;         ///< t of `capacity` numbers
  Contexts scored_;  ///< those that were scored last
  Matrix solved_;    ///< v of each as a row, n x t at the time
  Vector itself_;    ///< k(x, x) of each, n
  double log_det_ = 0.0;
};

/// What a run on it costs, where a context takes `numbers` numbers and a value of the kernel two
/// operations for each.
RunCost kernel_regression_cost(Index arms, double numbers, Index capacity);

}  // namespace cbsim
