#pragma once

#include <memory>

#include "cbsim/core/cost.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/model/reward_model.hpp"

namespace cbsim {

struct KernelSettings {
  enum class Kind { rbf, laplace, linear };
  enum class Cap { number, none };

  double lambda = 1.0;
  Kind kind = Kind::rbf;
  double bandwidth = 1.0;
  Cap cap = Cap::number;
  std::int64_t max_contexts = 1000;

  Settings settings();
  /// The most contexts that are stored in a run.
  Index capacity(Index horizon) const;
};

/// Ridge regression with a kernel (Valko, Korda, Munos, Flaounas, Cristianini 2013; Chowdhury,
/// Gopalan 2017), with h the bandwidth
///   rbf      k(x, x') = exp(-|x - x'|^2 / (2 h^2)),
///   laplace  k(x, x') = exp(-|x - x'| / h),
///   linear   k(x, x') = x^T x', which gives the linear model.
/// On disjoint contexts it is the kernel of the vectors x (x) e_a: for different arms |x - x'|^2 is
/// |x|^2 + |x'|^2.
std::unique_ptr<RewardModel> make_kernel_model(const KernelSettings& settings,
                                               const PolicySetup& setup);

/// What a run on it costs.
RunCost kernel_cost(const KernelSettings& settings, const EnvironmentFacts& facts, Index horizon);

}  // namespace cbsim
