#include "primal.hpp"

#include <cmath>

namespace cbsim {
namespace {

/// The upper triangle of Z.
Matrix matrix_of(const ParameterLayout& layout, const ConfidenceSetup& setup,
                 const FactorHistory& added) {
  Matrix z = Matrix::Zero(layout.size(), layout.size());
  z.diagonal().setConstant(setup.lambda);
  added.add_squared_jacobian(1.0 / setup.scale, z);
  return z;
}

}  // namespace

PrimalConfidence::PrimalConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup)
    : layout_(layout),
      root_scale_(std::sqrt(setup.scale)),
      inverse_(layout.size(), setup.lambda),
      update_(layout.size()) {}

PrimalConfidence::PrimalConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup,
                                   const FactorHistory& added, double log_det)
    : layout_(layout),
      root_scale_(std::sqrt(setup.scale)),
      inverse_(matrix_of(layout, setup, added), setup.lambda, log_det),
      update_(layout.size()) {}

void PrimalConfidence::squared_widths(const GradientFactors& gradients, Vector& out) {
  const Index n = gradients.count();
  scored_.resize(layout_.size(), n);
  solved_.resize(layout_.size(), n);
  for (Index i = 0; i < n; ++i) write(gradients, i, scored_.col(i));
  inverse_.solve(scored_, solved_);
  out = scored_.cwiseProduct(solved_).colwise().sum().transpose();
  out = out.cwiseMax(0.0);  // rounding
}

void PrimalConfidence::add(const GradientFactors& gradients, Index column) {
  write(gradients, column, update_);
  inverse_.add(update_);
}

void PrimalConfidence::write(const GradientFactors& gradients, Index i, VectorRef out) const {
  write_gradient(layout_, gradients, i, out);
  out /= root_scale_;
}

std::unique_ptr<Confidence> make_primal_confidence(const ParameterLayout& layout,
                                                   const ConfidenceSetup& setup) {
  return std::make_unique<PrimalConfidence>(layout, setup);
}

}  // namespace cbsim
