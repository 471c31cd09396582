#include "cbsim/confidence/symmetric_inverse.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {

SymmetricInverse::SymmetricInverse(Index n, double lambda)
    : lambda_(lambda), both_(Matrix::Zero(n, n)), diagonal_(Vector::Constant(n, lambda)), u_(n) {
  both_.diagonal().setConstant(1.0 / lambda);
}

SymmetricInverse::SymmetricInverse(Matrix z, double lambda, double log_det)
    : lambda_(lambda),
      both_(std::move(z)),
      diagonal_(both_.diagonal()),
      u_(both_.rows()),
      log_det_(log_det) {
  check_trace();
  invert();
}

void SymmetricInverse::solve(const ConstMatrixRef& v, MatrixRef out) const {
  if (v.cols() == 1) {
    out.col(0).noalias() = both_.selfadjointView<Eigen::Lower>() * v.col(0);
  } else {
    out.noalias() = both_.selfadjointView<Eigen::Lower>() * v;
  }
}

void SymmetricInverse::add(const ConstVectorRef& v) {
  solve(v, u_);
  if (!(v.dot(u_) >= 0.0)) {  // impossible but for rounding
    refactorise();
    solve(v, u_);
  }
  const double added = v.dot(u_), gain = 1.0 + added;
  if (!(added >= 0.0) || !std::isfinite(gain)) {
    throw RunError(
        "the confidence matrix is not positive definite to rounding; scale the contexts down or "
        "raise lambda");
  }
  log_det_ += std::log1p(added);
  for (Index j = 0; j < size(); ++j) {
    both_.col(j).head(j) += v(j) * v.head(j);
    both_.col(j).tail(size() - j) -= (u_(j) / gain) * u_.tail(size() - j);
  }
  diagonal_ += v.cwiseAbs2();
  check_trace();
  if (++updates_ % kCheckInterval == 0 || added > kLargeUpdate) check(v);
}

void SymmetricInverse::state(StateArchive& archive) {
  archive.numbers(both_);
  archive.numbers(diagonal_);
  archive.value(log_det_);
  archive.count(updates_);
  archive.count(refactorisations_);
}

void SymmetricInverse::check_trace() const {
  if (diagonal_.sum() > kLargestTrace * lambda_) {
    throw RunError(
        "the contexts are too large for lambda: Z reaches " + shortest(diagonal_.sum() / lambda_) +
        " times lambda, beyond the precision of doubles; normalise the features or raise "
        "lambda");
  }
}

void SymmetricInverse::check(const ConstVectorRef& v) {
  solve(v, u_);
  Vector back = diagonal_.cwiseProduct(u_);
  back += both_.triangularView<Eigen::StrictlyUpper>() * u_;
  back += both_.transpose().triangularView<Eigen::StrictlyLower>() * u_;
  if (!((back - v).norm() <= kDriftBound * v.norm())) refactorise();
}

void SymmetricInverse::refactorise() {
  log_det_ = invert();
  ++refactorisations_;
}

double SymmetricInverse::invert() {
  const Index n = size();
  for (Index j = 0; j < n; ++j) both_.col(j).tail(n - 1 - j) = both_.row(j).tail(n - 1 - j);
  both_.diagonal() = diagonal_;
  const Eigen::LLT<Eigen::Ref<Matrix>> factor(both_);  // in place of the lower triangle
  if (factor.info() != Eigen::Success) {
    throw RunError(
        "the confidence matrix is not positive definite to rounding; scale the contexts down or "
        "raise lambda");
  }
  const double log_det =
      2.0 * both_.diagonal().array().log().sum() - static_cast<double>(n) * std::log(lambda_);
  Matrix inverse = Matrix::Identity(n, n);
  factor.solveInPlace(inverse);
  both_.triangularView<Eigen::Lower>() = inverse;
  return log_det;
}

}  // namespace cbsim
