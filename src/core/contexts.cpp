#include "cbsim/core/contexts.hpp"

namespace cbsim {

void Contexts::resize(const ContextShape& shape) {
  shape_ = shape;
  values_.resize(shape.dim, shape.blocks > 1 ? 1 : shape.arms);
}

std::vector<ContextView> Contexts::views() const {
  std::vector<ContextView> views;
  views.reserve(static_cast<std::size_t>(arms()));
  for (Index arm = 0; arm < arms(); ++arm) views.push_back((*this)[arm]);
  return views;
}

}  // namespace cbsim
