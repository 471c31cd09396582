#include "cbsim/core/contexts.hpp"

namespace cbsim {

void Contexts::resize(const ContextShape& shape) {
  shape_ = shape;
  values_.resize(shape.dim, shape.blocks > 1 ? 1 : shape.arms);
}

}  // namespace cbsim
