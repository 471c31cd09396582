#include "cbsim/training/start_curvature.hpp"

#include <algorithm>
#include <cmath>

namespace cbsim {
namespace {

constexpr int kMaxIterations = 200;
constexpr double kTolerance = 1e-3;

}  // namespace

StartCurvature::StartCurvature(const Network& network, const Vector& initial)
    : network_(network), initial_(initial), gradients_(network.layout()) {}

void StartCurvature::append(const History& history) {
  seen_.resize(static_cast<std::size_t>(history.blocks()), 0);
  for (Index b = 0; b < history.blocks(); ++b) {
    for (Index& i = seen_[static_cast<std::size_t>(b)]; i < history.size(b); ++i) {
      const ContextView context(b, history.contexts(b).col(i).data(), history.dim());
      network_.evaluate(initial_, {&context, 1}, f_, &factors_);
      gradients_.append(factors_, 0);
      inner_products(network_.layout(), factors_, factors_, norm_);
      largest_squared_norm_ = std::max(largest_squared_norm_, norm_(0, 0));
    }
  }
}

double StartCurvature::largest_eigenvalue() {
  u_.setConstant(gradients_.size(), 1.0 / std::sqrt(static_cast<double>(gradients_.size())));
  double eigenvalue = 0.0;
  for (int i = 0; i < kMaxIterations; ++i) {
    gradients_.multiply_transposed(u_, v_);
    const double rayleigh = v_.squaredNorm();  // u^T J J^T u with |u| = 1
    const bool converged = rayleigh - eigenvalue <= kTolerance * rayleigh;
    eigenvalue = rayleigh;
    if (converged) break;
    gradients_.multiply(v_, u_);
    u_ /= u_.stableNorm();
  }
  return eigenvalue;
}

}  // namespace cbsim
