#include "design.hpp"

#include "cbsim/core/make_each.hpp"

namespace cbsim {

Design::Design(const LinearSettings& settings, const ContextShape& shape)
    : arms_(shape.arms),
      dim_(shape.dim),
      lambda_(settings.lambda),
      factors_(make_each<CholeskyFactor>(settings.blocks(shape), shape.dim, settings.lambda)) {}

void Design::add(const Observation& seen) {
  CholeskyFactor& factor = factors_[static_cast<std::size_t>(block(seen.arm))];
  log_det_ -= factor.log_det();
  factor.add(seen.x.x);
  log_det_ += factor.log_det();
  ++size_;
}

void Design::widths(const Contexts& contexts, Vector& out) {
  out.resize(contexts.arms());
  if (blocks() == 1) {
    solved_ = contexts.values();
    factor(0).half_solve(solved_);
    out = solved_.colwise().norm().transpose();
    return;
  }
  for (Index a = 0; a < contexts.arms(); ++a) {
    solved_ = contexts[a].x;
    factor(a).half_solve(solved_);
    out(a) = solved_.norm();
  }
}

void Design::state(StateArchive& archive) {
  for (CholeskyFactor& factor : factors_) factor.state(archive);
  archive.value(log_det_);
  archive.count(size_);
}

Diagnostics Design::diagnostics() const {
  return {.log_det = log_det_,
          .effective_dim = effective_dimension(log_det_, size_, arms_, lambda_)};
}

}  // namespace cbsim
