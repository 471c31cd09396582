#include "cbsim/policy/policy.hpp"

namespace cbsim {

const Scores& Policy::scores() const {
  static const Scores none;
  return none;
}

RunCost PolicySpec::cost(const EnvironmentFacts& facts, Index /*horizon*/) const {
  const auto arms = static_cast<double>(facts.shape.arms);
  return {.bytes = 8.0 * arms,
          .round = [arms](Index) { return RoundCost{.operations = arms}; },
          .remedy = {}};
}

}  // namespace cbsim
