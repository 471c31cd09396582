#include "cbsim/training/initial_weights.hpp"

#include <cmath>
#include <numbers>
#include <string_view>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

Index WeightList::full_columns() const {
  const ParameterMatrix& first = network_.layout().matrices[0];
  return first.cols * first.blocks * (mirror_ == Mirror::reduced ? 2 : 1);
}

Index WeightList::size() const {
  const ParameterMatrix& first = network_.layout().matrices[0];
  return network_.parameters() - first.size() + first.rows * full_columns();
}

Vector WeightList::theta(const ConstVectorRef& list) {
  Vector theta(network_.parameters());
  const double* next = list.data();
  bool first = true;
  for (const ParameterMatrix& matrix : network_.layout().matrices) {
    const Index columns = first ? full_columns() : matrix.cols * matrix.blocks;
    const Eigen::Map<const RowMajor> full(next, matrix.rows, columns);
    next += full.size();
    Eigen::Map<Matrix> held(theta.data() + matrix.offset, matrix.rows, matrix.cols * matrix.blocks);
    if (first && mirror_ == Mirror::reduced) {
      const Index half = columns / 2;
      held = (full.leftCols(half) + full.rightCols(half)) / std::numbers::sqrt2;
      difference_ = (full.leftCols(half) - full.rightCols(half)) / std::numbers::sqrt2;
    } else if (first && mirror_ == Mirror::doubled) {
      const Index half = columns / 2, dim = matrix.cols / 2;
      for (Index b = 0; b < matrix.blocks; ++b) {
        held.middleCols(b * matrix.cols, dim) = full.middleCols(b * dim, dim);
        held.middleCols(b * matrix.cols + dim, dim) = full.middleCols(half + b * dim, dim);
      }
    } else {
      held = full;
    }
    first = false;
  }
  return theta;
}

Vector WeightList::full(const Vector& theta) const {
  Vector list(size());
  double* next = list.data();
  bool first = true;
  for (const ParameterMatrix& matrix : network_.layout().matrices) {
    const Index columns = first ? full_columns() : matrix.cols * matrix.blocks;
    Eigen::Map<RowMajor> full(next, matrix.rows, columns);
    next += full.size();
    const Eigen::Map<const Matrix> held(theta.data() + matrix.offset, matrix.rows,
                                        matrix.cols * matrix.blocks);
    if (first && mirror_ == Mirror::reduced) {
      const Index half = columns / 2;
      full.leftCols(half) = (held + difference_) / std::numbers::sqrt2;
      full.rightCols(half) = (held - difference_) / std::numbers::sqrt2;
    } else if (first && mirror_ == Mirror::doubled) {
      const Index half = columns / 2, dim = matrix.cols / 2;
      for (Index b = 0; b < matrix.blocks; ++b) {
        full.middleCols(b * dim, dim) = held.middleCols(b * matrix.cols, dim);
        full.middleCols(half + b * dim, dim) = held.middleCols(b * matrix.cols + dim, dim);
      }
    } else {
      full = held;
    }
    first = false;
  }
  return list;
}

namespace {

/// The matrix W_l of the symmetric start, l < L: diag(W, W) with W rows/2 x columns/2.
RowMajor draw_block_diagonal(Stream& stream, Index rows, Index columns, double deviation) {
  RowMajor full = RowMajor::Zero(rows, columns);
  Matrix half(rows / 2, columns / 2);
  fill_normal(stream, half);
  full.topLeftCorner(rows / 2, columns / 2) = deviation * half;
  full.bottomRightCorner(rows / 2, columns / 2) = deviation * half;
  return full;
}

RowMajor draw_symmetric(Stream& stream, Index rows, Index columns, double m) {
  if (rows > 1) return draw_block_diagonal(stream, rows, columns, std::sqrt(4.0 / m));
  Matrix half(1, columns / 2);
  fill_normal(stream, half);
  RowMajor full(1, columns);
  full << std::sqrt(2.0 / m) * half, -std::sqrt(2.0 / m) * half;
  return full;
}

RowMajor draw_uniform(Stream& stream, Index rows, Index columns, Index inputs) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  RowMajor full(rows, columns);
  for (Index i = 0; i < full.size(); ++i) full.data()[i] = bound * (2.0 * stream.uniform() - 1.0);
  return full;
}

RowMajor draw_he(Stream& stream, Index rows, Index columns) {
  Matrix normal(rows, columns);
  fill_normal(stream, normal);
  return std::sqrt(2.0 / static_cast<double>(columns)) * normal;
}

}  // namespace

Vector draw_weight_list(InitialLaw law, const Network& network, Mirror mirror, Seed seed) {
  const NetworkShape& shape = network.shape();
  Vector list(WeightList(network, mirror).size());
  double* next = list.data();
  const auto put = [&](const RowMajor& matrix) {
    Eigen::Map<RowMajor>(next, matrix.rows(), matrix.cols()) = matrix;
    next += matrix.size();
  };
  for (Index l = 1; l <= shape.depth; ++l) {
    Stream stream(seed, Purpose::initial_weights, static_cast<std::uint64_t>(l));
    const Index rows = l == shape.depth ? 1 : shape.width;
    const Index columns =
        l > 1 ? shape.width : shape.dim * shape.blocks * (mirror == Mirror::reduced ? 2 : 1);
    if (law == InitialLaw::symmetric) {
      put(draw_symmetric(stream, rows, columns, static_cast<double>(shape.width)));
    } else if (law == InitialLaw::he) {
      put(draw_he(stream, rows, columns));
    } else {
      put(draw_uniform(stream, rows, columns, columns));
    }
    if (shape.bias) {
      put(law == InitialLaw::uniform ? draw_uniform(stream, rows, 1, columns)
                                     : RowMajor::Zero(rows, 1));
    }
  }
  return list;
}

Vector parse_weight_list(const File& file) {
  std::vector<double> numbers;
  std::string_view rest = *file.content;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    std::string_view text = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    const auto value = parsed<double>(text);
    if (!value || !std::isfinite(*value)) {
      throw InputError(file.path + ":" + std::to_string(line) + ": \"" +
                       printable(text.substr(0, 40)) +
                       "\" is not a finite number; a weight file holds one number a line");
    }
    numbers.push_back(*value);
  }
  return Eigen::Map<const Vector>(numbers.data(), static_cast<Index>(numbers.size()));
}

}  // namespace cbsim
