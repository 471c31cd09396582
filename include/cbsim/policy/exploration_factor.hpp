#pragma once

#include <vector>

#include "cbsim/core/settings.hpp"
#include "cbsim/model/reward_model.hpp"
#include "cbsim/policy/schedule.hpp"

namespace cbsim {

/// The factor gamma_{t-1} of a UCB bonus.
struct ExplorationFactor {
  enum class Kind { constant, decay, self_normalized, theorem };

  Kind kind = Kind::constant;
  double constant;
  PowerDecay decay;
  double nu = 1.0;
  double delta = 0.1;
  double s = 1.0;
  std::vector<double> c = {1.0, 1.0, 1.0};

  explicit ExplorationFactor(double constant_) : constant(constant_), decay{constant_, 0.5} {}

  /// The "gamma" setting; the theorem's schedule is a matter of networks only.
  Setting setting(bool with_theorem);

  /// gamma_{t-1}, that of round t, where `state` is what the model knows:
  ///   constant; or
  ///   decay: c t^(-a); or
  ///   self_normalized: nu sqrt(log det(Z/lambda I) - 2 log delta) + sqrt(lambda) S
  ///     (Zhou, Li, Gu 2020, appendix E; Abbasi-Yadkori, Pal, Szepesvari 2011, Theorem 2); or
  ///   theorem: the gamma_t of Algorithm 1, equation (4.3), with the constants C1, C2, C3.
  double value(Index t, const ConfidenceState& state) const;
};

}  // namespace cbsim
