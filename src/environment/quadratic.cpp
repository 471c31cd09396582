#include "cbsim/environment/synthetic.hpp"

namespace cbsim::environments {
namespace {

/// h(x) = scale (xᵀa)²; the paper's h₁ with scale 10.
class QuadraticSpec final : public HiddenVectorSpec {
 public:
  QuadraticSpec()
      : HiddenVectorSpec([](double scale, double z) { return scale * (z * z); }, {.scale = 10.0}) {}
};

}  // namespace

EnvironmentType quadratic() {
  return {"quadratic", "r = 10 (xᵀa)² + noise", "Zhou, Li, Gu 2020, section 7.1, h₁",
          make_spec<EnvironmentSpec, QuadraticSpec>};
}

}  // namespace cbsim::environments
