#include <cmath>

#include "cbsim/environment/synthetic.hpp"

namespace cbsim::environments {
namespace {

/// h(x) = 1/(1 + exp(-scale xᵀa)), a probability; rewards are 0 or 1 by default. In d = 20 the
/// default scale makes it range over most of (0, 1).
class LogisticSpec final : public HiddenVectorSpec {
 public:
  LogisticSpec()
      : HiddenVectorSpec([](double scale, double z) { return 1.0 / (1.0 + std::exp(-scale * z)); },
                         {.scale = 10.0,
                          .scale_meaning = "factor of xᵀa: how steep the probability is",
                          .noise = NoiseLaw::bernoulli()}) {}
};

}  // namespace

EnvironmentType logistic() {
  return {"logistic", "r is 1 with probability 1/(1 + exp(-s xᵀa)), else 0",
          "Filippi, Cappé, Garivier, Szepesvári 2010 (generalized linear bandits)",
          make_spec<EnvironmentSpec, LogisticSpec>};
}

}  // namespace cbsim::environments
