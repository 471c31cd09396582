#pragma once

// The inner loops of a refit, in portable vector extensions of GCC and Clang.
//
// Samples lie along the lanes. A panel holds kPanel = 3 * lanes samples, row by row: row r of a
// panel is kPanel consecutive numbers. Both passes read the same panels, so nothing is ever
// transposed:
//   product  C = A X for a few rows of A, broadcasting the entries of A over the samples;
//   outer    G += D X^T, summing over the lanes at the end.
// Either keeps a tile of kTileRows x 3 vectors in registers: 12 of the 16 of AVX2 and SSE2.

#include <array>
#include <cstddef>
#include <utility>

#include "cbsim/core/types.hpp"

namespace cbsim::kernels {

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif

template <class Real>
constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(Real));

constexpr int kVectors = 2;   ///< vectors in a row of a panel
constexpr int kTileRows = 6;  ///< rows of A or D in a tile
constexpr Index kTileColumns = 2;

template <class Real>
constexpr int kPanel = kVectors* kLanes<Real>;

template <class Real>
struct VectorOf {
  typedef Real type __attribute__((vector_size(kVectorBytes)));
};
template <class Real>
using Vec = typename VectorOf<Real>::type;

template <class Real>
inline Vec<Real> load(const Real* p) {
  return *reinterpret_cast<const Vec<Real>*>(p);
}
template <class Real>
inline void store(Real* p, const Vec<Real>& v) {
  *reinterpret_cast<Vec<Real>*>(p) = v;
}
template <class Real>
inline Vec<Real> broadcast(Real value) {
  return [value]<std::size_t... Lane>(std::index_sequence<Lane...>) {
    return Vec<Real>{((void)Lane, value)...};
  }
  (std::make_index_sequence<static_cast<std::size_t>(kLanes<Real>)>());
}
/// v where `keep` > 0, else 0.
template <class Real>
inline Vec<Real> where_positive(const Vec<Real>& keep, const Vec<Real>& v) {
  return keep > Vec<Real>{} ? v : Vec<Real>{};
}

/// The matrix A of a product: entry (i, k) at data[i * row_stride + k * column_stride].
template <class Real>
struct Strided {
  const Real* data;
  Index row_stride;
  Index column_stride;
};

/// acc(i, v) += sum_k A(i, k) X(k, v) for `Rows` rows of A and one panel X of `inner` rows.
template <class Real, int Rows>
[[gnu::always_inline]] inline void multiply_tile(const Strided<Real>& a, Index inner, const Real* x,
                                                 Vec<Real> (&acc)[Rows][kVectors]) {
  const Real* column = a.data;
  for (Index k = 0; k < inner; ++k) {
    const Vec<Real> x0 = load(x), x1 = load(x + kLanes<Real>);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const Vec<Real> c = broadcast(column[i * a.row_stride]);
      acc[i][0] += c * x0;
      acc[i][1] += c * x1;
    }
    x += kPanel<Real>;
    column += a.column_stride;
  }
}

/// The sums of the lanes of four vectors.
template <class Real>
inline std::array<Real, 4> lane_sums(const Vec<Real>& a, const Vec<Real>& b, const Vec<Real>& c,
                                     const Vec<Real>& d) {
  constexpr int n = kLanes<Real>;
  if constexpr (n == 4) {
    const Vec<Real> ab =
        __builtin_shufflevector(a, b, 0, 4, 2, 6) + __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const Vec<Real> cd =
        __builtin_shufflevector(c, d, 0, 4, 2, 6) + __builtin_shufflevector(c, d, 1, 5, 3, 7);
    const Vec<Real> sums =
        __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    return {sums[0], sums[1], sums[2], sums[3]};
  } else if constexpr (n == 8) {
    const Vec<Real> ab = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
                         __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    const Vec<Real> cd = __builtin_shufflevector(c, d, 0, 8, 2, 10, 4, 12, 6, 14) +
                         __builtin_shufflevector(c, d, 1, 9, 3, 11, 5, 13, 7, 15);
    const Vec<Real> sums = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
                           __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
    return {sums[0] + sums[4], sums[1] + sums[5], sums[2] + sums[6], sums[3] + sums[7]};
  } else {
    std::array<Real, 4> sums{};
    for (int lane = 0; lane < n; ++lane) {
      sums[0] += a[lane];
      sums[1] += b[lane];
      sums[2] += c[lane];
      sums[3] += d[lane];
    }
    return sums;
  }
}

/// g(i, j) += sum over the samples of `panels` panels of D(i, .) X(j, .) for Rows x Columns
/// entries; g column-major with `g_stride` rows. Rows of D and X are those of the first panel; the
/// next panel lies d_step and x_step numbers further on.
template <class Real, int Rows, Index Columns>
[[gnu::noinline]] void outer_tile(const Real* d, Index d_step, const Real* x, Index x_step,
                                  Index panels, Real* g, Index g_stride) {
  Vec<Real> acc[kTileRows + 2][Columns] = {};
  for (Index p = 0; p < panels; ++p) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      Vec<Real> xs[Columns];
#pragma GCC unroll 8
      for (Index j = 0; j < Columns; ++j) xs[j] = load(x + j * kPanel<Real> + v * kLanes<Real>);
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) {
        const Vec<Real> ds = load(d + i * kPanel<Real> + v * kLanes<Real>);
#pragma GCC unroll 8
        for (Index j = 0; j < Columns; ++j) acc[i][j] += ds * xs[j];
      }
    }
    d += d_step;
    x += x_step;
  }
#pragma GCC unroll 8
  for (Index j = 0; j < Columns; ++j) {
#pragma GCC unroll 8
    for (int first = 0; first < Rows; first += 4) {
      const std::array<Real, 4> sums =
          lane_sums<Real>(acc[first][j], acc[first + 1][j], acc[first + 2][j], acc[first + 3][j]);
      for (int i = first; i < Rows && i < first + 4; ++i) {
        g[j * g_stride + i] += sums[static_cast<std::size_t>(i - first)];
      }
    }
  }
}

/// Calls visit.operator()<Rows>(i) for tiles of at most kTileRows rows that cover 0..rows-1, as
/// equal in size as can be: a thin last tile would leave the multiply-add units waiting.
template <class Visit>
inline void for_each_tile(Index rows, Visit&& visit) {
  static_assert(kTileRows == 6);
  const Index tiles = (rows + kTileRows - 1) / kTileRows;
  const Index size = rows / tiles, larger = rows % tiles;
  Index i = 0;
  for (Index tile = 0; tile < tiles; ++tile) {
    const Index count = tile < larger ? size + 1 : size;
    switch (count) {
      case 6:
        visit.template operator()<6>(i);
        break;
      case 5:
        visit.template operator()<5>(i);
        break;
      case 4:
        visit.template operator()<4>(i);
        break;
      case 3:
        visit.template operator()<3>(i);
        break;
      case 2:
        visit.template operator()<2>(i);
        break;
      default:
        visit.template operator()<1>(i);
        break;
    }
    i += count;
  }
}

}  // namespace cbsim::kernels
