#include "cbsim/confidence/cholesky_factor.hpp"

#include <Eigen/Cholesky>
#include <cmath>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {

CholeskyFactor::CholeskyFactor(Index n, double lambda)
    : lambda_(lambda), l_(Matrix::Zero(n, n)), rest_(n), trace_(lambda * static_cast<double>(n)) {
  l_.diagonal().setConstant(std::sqrt(lambda));
}

void CholeskyFactor::add(const ConstVectorRef& v) {
  trace_ += v.squaredNorm();
  check_trace();
  rest_ = v;
  double growth = 1.0;  // of the root of det A
  for (Index j = 0; j < size(); ++j) {
    const double diagonal = std::hypot(l_(j, j), rest_(j));
    const double c = l_(j, j) / diagonal, s = rest_(j) / diagonal;
    growth /= c;
    l_(j, j) = diagonal;
    double* const column = l_.col(j).data();
    double* const rest = rest_.data();
    for (Index i = j + 1; i < size(); ++i) {
      const double x = column[i], y = rest[i];
      column[i] = c * x + s * y;
      rest[i] = c * y - s * x;
    }
  }
  log_det_ += 2.0 * std::log(growth);
}

void CholeskyFactor::assign(const ConstMatrixRef& v) {
  trace_ = lambda_ * static_cast<double>(size()) + v.squaredNorm();
  check_trace();
  l_.setZero();
  l_.diagonal().setConstant(lambda_);
  l_.selfadjointView<Eigen::Lower>().rankUpdate(v);
  const Eigen::LLT<Eigen::Ref<Matrix>> in_place(l_);
  log_det_ = 2.0 * (l_.diagonal() / std::sqrt(lambda_)).array().log().sum();
}

void CholeskyFactor::state(StateArchive& archive) {
  archive.numbers(l_);
  archive.value(trace_);
  archive.value(log_det_);
}

void CholeskyFactor::check_trace() const {
  if (!(trace_ <= kLargestTrace * lambda_)) {
    throw RunError("the contexts are too large for lambda: their squares sum to " +
                   shortest(trace_ / lambda_) +
                   " times lambda, beyond the precision of doubles; normalise the features or "
                   "raise lambda");
  }
}

void CholeskyFactor::half_solve(MatrixRef x) const {
  l_.triangularView<Eigen::Lower>().solveInPlace(x);
}

void CholeskyFactor::transposed_half_solve(MatrixRef x) const {
  l_.transpose().triangularView<Eigen::Upper>().solveInPlace(x);
}

void CholeskyFactor::solve(MatrixRef x) const {
  half_solve(x);
  transposed_half_solve(x);
}

}  // namespace cbsim
