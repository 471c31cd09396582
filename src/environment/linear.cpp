#include "cbsim/environment/synthetic.hpp"

namespace cbsim::environments {
namespace {

/// h(x) = scale xᵀa.
class LinearSpec final : public HiddenVectorSpec {
 public:
  LinearSpec() : HiddenVectorSpec([](double scale, double z) { return scale * z; }) {}
};

}  // namespace

EnvironmentType linear() {
  return {"linear", "r = xᵀa + noise", "Li, Chu, Langford, Schapire 2010 (LinUCB's own model)",
          make_spec<EnvironmentSpec, LinearSpec>};
}

}  // namespace cbsim::environments
