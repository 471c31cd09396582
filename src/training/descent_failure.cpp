#include "descent_failure.hpp"

#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {

void fail(std::string_view what, const DescentPlan& plan, Index step, double rate) {
  std::string message = "the refit diverged: " + std::string(what) + " at step " +
                        std::to_string(step);
  if (rate > 0.0) message += " with learning rate " + shortest(rate);
  message += plan.halve_on_rise || !(rate > 0.0)
                 ? "; no automatic rate helps, so scale the rewards or the contexts down"
                 : "; the loss is a sum over all rounds, so a constant rate that is stable "
                   "early diverges later: use \"learning_rate\": \"auto\", a smaller rate or, where "
                   "the policy has it, \"loss\": \"mean\"";
  throw RunError(message);
}

}  // namespace cbsim
