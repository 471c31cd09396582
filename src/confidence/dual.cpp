#include <algorithm>
#include <cmath>
#include <vector>

#include "cbsim/confidence/confidence.hpp"
#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/training/factor_history.hpp"

namespace cbsim {
namespace {

/// Of |g|^2 / (s lambda): widths lose about that many times eps by cancellation.
constexpr double kLargestRatio = 1e15;

/// With G the p x t matrix of the gradients added and R R^T = s lambda I + G^T G (s the scale, R
/// lower triangular, t x t), the Woodbury identity gives
///   g^T Z^{-1} g = (|g|^2 - |R^{-1} k|^2) / lambda,  k = G^T g,
/// and adding g appends the row (R^{-1} k)^T, sqrt(s lambda + |g|^2 - |R^{-1} k|^2) to R.
/// Time t^2 a gradient, memory t^2 / 2, independent of p.
class DualConfidence final : public Confidence {
 public:
  DualConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup)
      : layout_(layout), setup_(setup), added_(layout) {}

  void squared_widths(const GradientFactors& gradients, Vector& out) override {
    solve(gradients);
    out.resize(gradients.count());
    for (Index i = 0; i < out.size(); ++i) {
      const double rest = squared_norm(gradients, i) - solved_.col(i).squaredNorm();
      out(i) = std::max(rest, 0.0) / (setup_.lambda * setup_.scale);
    }
  }

  void add(const GradientFactors& gradients, Index column) override {
    single_.resize(layout_, 1);
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      single_.left[k] = gradients.left[k].col(column);
      single_.right[k] = gradients.right[k].col(column);
    }
    single_.block[0] = gradients.block[static_cast<std::size_t>(column)];
    solve(single_);
    const double shift = setup_.scale * setup_.lambda;
    const double rest = std::max(squared_norm(single_, 0) - solved_.col(0).squaredNorm(), 0.0);
    if (!(squared_norm(single_, 0) <= kLargestRatio * shift)) {
      throw RunError("the contexts are too large for lambda: a gradient adds " +
                     shortest(squared_norm(single_, 0) / shift) +
                     " times lambda to Z, beyond the precision of doubles; normalise the features "
                     "or raise lambda");
    }
    rows_.insert(rows_.end(), solved_.data(), solved_.data() + added_.size());
    rows_.push_back(std::sqrt(shift + rest));
    added_.append(single_, 0);
    log_det_ += std::log1p(rest / shift);
  }

  double log_det() const override { return log_det_; }

 private:
  double squared_norm(const GradientFactors& gradients, Index i) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      sum += gradients.left[k].col(i).squaredNorm() * gradients.right[k].col(i).squaredNorm();
    }
    return sum;
  }

  /// solved_ = R^{-1} G^T g for each gradient, t x n: forward substitution by rows of R, each row
  /// read once for all right-hand sides.
  void solve(const GradientFactors& gradients) {
    added_.inner_products(gradients, solved_);
    const double* row = rows_.data();
    for (Index i = 0; i < solved_.rows(); ++i) {
      const Eigen::Map<const Vector> r(row, i);
      for (Index j = 0; j < solved_.cols(); ++j) {
        solved_(i, j) = (solved_(i, j) - r.dot(solved_.col(j).head(i))) / row[i];
      }
      row += i + 1;
    }
  }

  const ParameterLayout& layout_;
  ConfidenceSetup setup_;
  FactorHistory added_;
  std::vector<double> rows_;  ///< R, packed by rows
  double log_det_ = 0.0;
  GradientFactors single_;
  Matrix solved_;
};

}  // namespace

std::unique_ptr<Confidence> make_dual_confidence(const ParameterLayout& layout,
                                                 const ConfidenceSetup& setup) {
  return std::make_unique<DualConfidence>(layout, setup);
}

}  // namespace cbsim
