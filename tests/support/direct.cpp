#include "support/direct.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>

namespace cbsim::direct {

Matrix solve(const Matrix& a, const Matrix& b) { return Eigen::PartialPivLU<Matrix>(a).solve(b); }

Matrix inverse(const Matrix& a) { return solve(a, Matrix::Identity(a.rows(), a.rows())); }

double log_det(const Matrix& a) {
  return Eigen::PartialPivLU<Matrix>(a).matrixLU().diagonal().array().abs().log().sum();
}

Vector least_squares(const Matrix& a, const Vector& b) {
  return Eigen::CompleteOrthogonalDecomposition<Matrix>(a).solve(b);
}

Matrix cholesky(const Matrix& a) { return Eigen::LLT<Matrix>(a).matrixL(); }

Vector eigenvalues(const Matrix& a) {
  return Eigen::SelfAdjointEigenSolver<Matrix>(a, Eigen::EigenvaluesOnly).eigenvalues();
}

}  // namespace cbsim::direct
