#include "cbsim/confidence/packed_triangle.hpp"

#include <algorithm>

namespace cbsim {
namespace {

/// Half a column of a panel. Eigen aligns to 16 bytes at least.
typedef double Half __attribute__((vector_size(32), aligned(16), may_alias));
static_assert(PackedTriangle::kRows * sizeof(double) == 2 * sizeof(Half));

/// Columns of a panel that stay in the first-level cache for the next right-hand sides: 16 KiB.
constexpr Index kChunk = 256;
/// Right-hand sides at a time, at most: their sums are 10 vectors of the 16 of AVX2.
constexpr Index kTile = 5;
/// Columns that a prefetch runs ahead: 2 KiB, across the page ends that stop the processor's own.
constexpr Index kAhead = 32;

/// rest (kRows x N) -= panel (kRows x columns) x^T, with x N x columns, `stride` from column to
/// column. Reads one column of the panel more: loaded a step ahead, a column stays in registers for
/// all N (used where it is loaded, it would be read from memory N times).
template <int N>
void subtract(const double* panel, Index columns, const double* x, Index stride, double* rest) {
  Half* const out = reinterpret_cast<Half*>(rest);
  const Half* column = reinterpret_cast<const Half*>(panel);
  Half sums[2 * N];
  for (int i = 0; i < 2 * N; ++i) sums[i] = out[i];
  Half top = column[0], bottom = column[1];
  for (Index j = 0; j < columns; ++j) {
    __builtin_prefetch(column + 2 * kAhead);
    column += 2;
    const Half next_top = column[0], next_bottom = column[1];
    for (int k = 0; k < N; ++k) {
      sums[2 * k] -= top * x[k];
      sums[2 * k + 1] -= bottom * x[k];
    }
    top = next_top;
    bottom = next_bottom;
    x += stride;
  }
  for (int i = 0; i < 2 * N; ++i) out[i] = sums[i];
}

void subtract(Index n, const double* panel, Index columns, const double* x, Index stride,
              double* rest) {
  switch (n) {
    case 1:
      return subtract<1>(panel, columns, x, stride, rest);
    case 2:
      return subtract<2>(panel, columns, x, stride, rest);
    case 3:
      return subtract<3>(panel, columns, x, stride, rest);
    case 4:
      return subtract<4>(panel, columns, x, stride, rest);
    default:
      return subtract<5>(panel, columns, x, stride, rest);
  }
}

}  // namespace

void PackedTriangle::append(const Eigen::Ref<const Eigen::RowVectorXd, 0, Eigen::InnerStride<>>& r,
                            double diagonal) {
  const Index row = size_ % kRows;
  if (row == 0) panels_.emplace_back(Panel::Zero(kRows, size_ + kRows));
  panels_.back().row(row).head(size_) = r;
  panels_.back()(row, size_) = diagonal;
  ++size_;
}

void PackedTriangle::solve(Matrix& x) {
  const Index n = x.rows();
  const Index tiles = (n + kTile - 1) / kTile;
  const Index tile = tiles > 0 ? (n + tiles - 1) / tiles : 0;  // of equal widths
  rest_.resize(kRows, n);
  for (Index first = 0; first < size_; first += kRows) {
    const Panel& panel = panels_[static_cast<std::size_t>(first / kRows)];
    const Index rows = std::min(kRows, size_ - first);
    rest_.topRows(rows) = x.middleCols(first, rows).transpose();
    rest_.bottomRows(kRows - rows).setZero();
    for (Index j = 0; j < first; j += kChunk) {
      const Index columns = std::min(kChunk, first - j);
      for (Index k = 0; k < n; k += tile) {
        subtract(std::min(tile, n - k), panel.col(j).data(), columns, &x(k, j), n,
                 rest_.col(k).data());
      }
    }
    for (Index i = 0; i < rows; ++i) {
      const auto column = panel.col(first + i);  // zero above its diagonal
      for (Index k = 0; k < n; ++k) {
        const double solved = rest_(i, k) / column(i);
        rest_.col(k) -= solved * column;
        x(k, first + i) = solved;
      }
    }
  }
}

void PackedTriangle::state(StateArchive& archive) {
  archive.growing(
      "rows", size_,
      [&](Index i, std::vector<double>& item) {
        const auto row = panels_[static_cast<std::size_t>(i / kRows)].row(i % kRows).head(i + 1);
        item.assign(row.begin(), row.end());
      },
      [&](std::span<const double> item) {
        StateArchive::demand(std::ssize(item) == size_ + 1);
        append(Eigen::Map<const Eigen::RowVectorXd>(item.data(), size_), item.back());
      });
}

}  // namespace cbsim
