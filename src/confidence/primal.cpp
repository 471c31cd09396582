#include <algorithm>
#include <cmath>

#include "cbsim/confidence/confidence.hpp"
#include "cbsim/confidence/symmetric_inverse.hpp"

namespace cbsim {
namespace {

class PrimalConfidence final : public Confidence {
 public:
  PrimalConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup)
      : layout_(layout),
        root_scale_(std::sqrt(setup.scale)),
        inverse_(layout.size(), setup.lambda),
        explicit_(layout.size(), std::max<Index>(setup.arms, 1)),
        solved_(layout.size(), explicit_.cols()) {}

  void squared_widths(const GradientFactors& gradients, Vector& out) override {
    const Index n = gradients.count();
    if (explicit_.cols() < n) {
      explicit_.resize(layout_.size(), n);
      solved_.resize(layout_.size(), n);
    }
    for (Index i = 0; i < n; ++i) write(gradients, i, i);
    inverse_.solve(explicit_.leftCols(n), solved_.leftCols(n));
    out = explicit_.leftCols(n).cwiseProduct(solved_.leftCols(n)).colwise().sum().transpose();
    out = out.cwiseMax(0.0);  // rounding
  }

  void add(const GradientFactors& gradients, Index column) override {
    write(gradients, column, 0);
    inverse_.add(explicit_.col(0));
  }

  double log_det() const override { return inverse_.log_det(); }

 private:
  /// Column `to` of explicit_ = g_i / sqrt(scale).
  void write(const GradientFactors& gradients, Index i, Index to) {
    write_gradient(layout_, gradients, i, explicit_.col(to));
    explicit_.col(to) /= root_scale_;
  }

  const ParameterLayout& layout_;
  double root_scale_;
  SymmetricInverse inverse_;
  Matrix explicit_, solved_;  ///< p x n
};

}  // namespace

std::unique_ptr<Confidence> make_primal_confidence(const ParameterLayout& layout,
                                                   const ConfidenceSetup& setup) {
  return std::make_unique<PrimalConfidence>(layout, setup);
}

}  // namespace cbsim
