#include "cbsim/environment/arm_encoding.hpp"

namespace cbsim {

Setting ArmEncoding::setting() {
  return choice("encoding", &form_, {"disjoint", "one_hot_arm"},
                {"the context of arm a: x ⊗ e_a, a block of its own for each arm, or [x; e_a]",
                 "x_a", "Zhou, Li, Gu 2020, section 7.2 (disjoint)"});
}

ContextShape ArmEncoding::shape(Index arms, Index dim) const {
  if (disjoint()) return {.arms = arms, .dim = dim, .blocks = arms};
  return {.arms = arms, .dim = dim + arms, .blocks = 1};
}

void ArmEncoding::encode(const ConstVectorRef& x, Index arms, Contexts& contexts) const {
  contexts.resize(shape(arms, x.size()));
  Matrix& values = contexts.values();
  values.topRows(x.size()).colwise() = x;
  if (!disjoint()) values.bottomRows(arms).setIdentity();
}

}  // namespace cbsim
