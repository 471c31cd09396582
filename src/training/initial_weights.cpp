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

using Weights = Eigen::Map<RowMajor>;

/// W_l of the symmetric start: diag(W, W) with W m/2 x columns/2 for l < L, (w, -w) for l = L.
void draw_symmetric(Stream& stream, double m, Weights out) {
  const Index rows = out.rows() / 2, columns = out.cols() / 2;
  if (rows > 0) {
    Matrix half(rows, columns);
    fill_normal(stream, half);
    half *= std::sqrt(4.0 / m);
    out.setZero();
    out.topLeftCorner(rows, columns) = half;
    out.bottomRightCorner(rows, columns) = half;
    return;
  }
  Matrix half(1, columns);
  fill_normal(stream, half);
  half *= std::sqrt(2.0 / m);
  out << half, -half;
}

void draw_uniform(Stream& stream, Index inputs, Weights out) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = bound * (2.0 * stream.uniform() - 1.0);
}

void draw_he(Stream& stream, Weights out) {
  Matrix normal(out.rows(), out.cols());
  fill_normal(stream, normal);
  out = std::sqrt(2.0 / static_cast<double>(out.cols())) * normal;
}

}  // namespace

Vector draw_weight_list(InitialLaw law, const Network& network, Mirror mirror, Seed seed) {
  const NetworkShape& shape = network.shape();
  Vector list(WeightList(network, mirror).size());
  double* next = list.data();
  const auto place = [&](Index rows, Index columns) {
    const Weights matrix(next, rows, columns);
    next += matrix.size();
    return matrix;
  };
  for (Index l = 1; l <= shape.depth; ++l) {
    Stream stream(seed, Purpose::initial_weights, static_cast<std::uint64_t>(l));
    const Index rows = l == shape.depth ? 1 : shape.width;
    const Index columns =
        l > 1 ? shape.width : shape.dim * shape.blocks * (mirror == Mirror::reduced ? 2 : 1);
    const Weights weights = place(rows, columns);
    if (law == InitialLaw::symmetric) {
      draw_symmetric(stream, static_cast<double>(shape.width), weights);
    } else if (law == InitialLaw::he) {
      draw_he(stream, weights);
    } else {
      draw_uniform(stream, columns, weights);
    }
    if (!shape.bias) continue;
    Weights bias = place(rows, 1);
    if (law == InitialLaw::uniform) {
      draw_uniform(stream, columns, bias);
    } else {
      bias.setZero();
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
