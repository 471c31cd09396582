#pragma once

#include "cbsim/core/types.hpp"

/// The direct route that tests hold cbsim's updates against. Compiled once: each of Eigen's
/// decompositions takes a compiler seconds, under sanitizers a minute.
namespace cbsim::direct {

/// A^{-1} B, by LU with partial pivoting.
Matrix solve(const Matrix& a, const Matrix& b);

Matrix inverse(const Matrix& a);

/// log |det A|.
double log_det(const Matrix& a);

/// The shortest x of those that make ||A x - b|| least.
Vector least_squares(const Matrix& a, const Vector& b);

/// The lower factor of a positive definite A.
Matrix cholesky(const Matrix& a);

/// Of a symmetric A, of which the lower triangle is read; ascending.
Vector eigenvalues(const Matrix& a);

}  // namespace cbsim::direct
