#include <cmath>

#include "cbsim/environment/synthetic.hpp"

namespace cbsim::environments {
namespace {

/// h(x) = scale cos(3 xᵀa), the paper's h₃.
class CosineSpec final : public HiddenVectorSpec {
 public:
  CosineSpec()
      : HiddenVectorSpec([](double scale, double z) { return scale * std::cos(3.0 * z); }) {}
};

}  // namespace

EnvironmentType cosine() {
  return {"cosine", "r = cos(3 xᵀa) + noise", "Zhou, Li, Gu 2020, section 7.1, h₃",
          make_spec<EnvironmentSpec, CosineSpec>};
}

}  // namespace cbsim::environments
