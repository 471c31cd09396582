#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "cbsim/core/eigen_storage.hpp"

namespace cbsim {

using Index = Eigen::Index;

/// Real vectors and column-major matrices. Where a matrix holds samples, a column is a sample.
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using VectorRef = Eigen::Ref<Vector>;
using ConstVectorRef = Eigen::Ref<const Vector>;
using MatrixRef = Eigen::Ref<Matrix>;
using ConstMatrixRef = Eigen::Ref<const Matrix>;

using Seed = std::uint64_t;

}  // namespace cbsim
