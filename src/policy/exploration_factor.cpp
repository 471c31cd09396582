#include "cbsim/policy/exploration_factor.hpp"

#include <algorithm>
#include <cmath>

namespace cbsim {
namespace {

/// With a = m^{-1/6} sqrt(log m):
///   sqrt(1 + C1 a L^4 t^{7/6} lambda^{-7/6})
///     (nu sqrt(log det(Z/lambda I) + C2 a L^4 t^{5/3} lambda^{-1/6} - 2 log delta) + sqrt(lambda)
///     S)
///   + (lambda + C3 t L) ((1 - eta m lambda)^{J/2} sqrt(t/lambda)
///                        + a L^{7/2} t^{5/3} lambda^{-5/3} (1 + sqrt(t/lambda))).
double theorem_value(const ExplorationFactor& factor, const ConfidenceState& state) {
  const double t = static_cast<double>(state.t);
  const double lambda = state.lambda;
  const double m = state.width;
  const double depth = state.depth;
  const double a = std::pow(m, -1.0 / 6.0) * std::sqrt(std::log(m));
  const double l4 = std::pow(depth, 4.0);
  const double inflation = std::sqrt(1.0 + factor.c[0] * a * l4 * std::pow(t / lambda, 7.0 / 6.0));
  const double noise = factor.nu * std::sqrt(state.log_det +
                                             factor.c[1] * a * l4 * std::pow(t, 5.0 / 3.0) *
                                                 std::pow(lambda, -1.0 / 6.0) -
                                             2.0 * std::log(factor.delta));
  const double contraction = std::max(0.0, 1.0 - state.learning_rate * m * lambda);
  const double optimisation = std::pow(contraction, state.steps / 2.0) * std::sqrt(t / lambda);
  const double linearisation =
      a * std::pow(depth, 3.5) * std::pow(t / lambda, 5.0 / 3.0) * (1.0 + std::sqrt(t / lambda));
  return inflation * (noise + std::sqrt(lambda) * factor.s) +
         (lambda + factor.c[2] * t * depth) * (optimisation + linearisation);
}

}  // namespace

Setting ExplorationFactor::setting(bool with_theorem) {
  const Settings self_normalized = {
      real("nu", &nu, at_least(0), {"sub-Gaussian scale of the noise", "ν"}),
      real("delta", &delta, strictly_between(0, 1), {"failure probability", "δ"}),
      real("S", &s, at_least(0), {"bound on the norm of the true parameter", "S"}),
  };
  std::vector<Slot> alternatives = {
      RealSlot{&constant, at_least(0)},
      decay.slot(at_least(0)),
      ObjectSlot{self_normalized, "schedule", "self_normalized"},
  };
  if (with_theorem) {
    Settings theorem = self_normalized;
    theorem.push_back({"C",
                       {"the theorem's absolute constants", "C₁, C₂, C₃"},
                       {RealListSlot{&c, at_least(0), 3, 3}}});
    alternatives.emplace_back(ObjectSlot{theorem, "schedule", "theorem"});
  }
  const std::string_view text =
      with_theorem ? "exploration factor: a constant; decay, c t^(−a); self_normalized, ν√(log "
                     "det(Z/λI) − 2 log δ) + √λ S; or theorem, Algorithm 1's γ_t in full, "
                     "astronomically large at practical m"
                   : "exploration factor: a constant; decay, c t^(−a); or self_normalized, ν√(log "
                     "det(Z/λI) − 2 log δ) + √λ S";
  const std::string_view source = with_theorem ? "Zhou, Li, Gu 2020, Algorithm 1"
                                               : "Abbasi-Yadkori, Pál, Szepesvári 2011, Theorem 2";
  return one_of("gamma", &kind, std::move(alternatives), {text, "γ", source});
}

double ExplorationFactor::value(Index t, const ConfidenceState& state) const {
  switch (kind) {
    case Kind::constant:
      return constant;
    case Kind::decay:
      return decay.value(t);
    case Kind::self_normalized:
      return nu * std::sqrt(state.log_det - 2.0 * std::log(delta)) + std::sqrt(state.lambda) * s;
    case Kind::theorem:
      return theorem_value(*this, state);
  }
  return constant;
}

}  // namespace cbsim
