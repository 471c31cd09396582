#include "cbsim/environment/synthetic.hpp"

namespace cbsim::environments {
namespace {

/// h(x) = xᵀa.
class LinearSpec final : public HiddenVectorSpec {
 public:
  LinearSpec() : HiddenVectorSpec(1.0, [](double z) { return z; }) {}
};

}  // namespace

EnvironmentType linear() {
  return {"linear", "r = xᵀa + noise", "Li, Chu, Langford, Schapire 2010 (LinUCB's own model)",
          make_spec<EnvironmentSpec, LinearSpec>};
}

}  // namespace cbsim::environments
