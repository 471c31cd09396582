#include "cbsim/environment/synthetic.hpp"

namespace cbsim::environments {
namespace {

/// h(x) = scale xᵀAᵀAx = scale |Ax|² with A_ij ~ N(0, 1), A d x d; the paper's h₂.
class QuadraticFormSpec final : public SyntheticSpec {
 private:
  RewardFunction draw_reward_function(Stream& stream) const override {
    Matrix a(dim_, dim_);
    fill_normal(stream, a);
    return [scale = scale_, a = std::move(a)](const ConstVectorRef& x) {
      return scale * (a * x).squaredNorm();
    };
  }
};

}  // namespace

EnvironmentType quadratic_form() {
  return {"quadratic_form", "r = xᵀAᵀAx + noise, A_ij ~ N(0, 1)",
          "Zhou, Li, Gu 2020, section 7.1, h₂", make_spec<EnvironmentSpec, QuadraticFormSpec>};
}

}  // namespace cbsim::environments
