#pragma once

// The inner loops of a refit, in portable vector extensions of GCC and Clang.
//
// Samples lie along the lanes. A panel holds kPanel = 2 * lanes samples, row by row: row r of a
// panel is kPanel consecutive numbers, a cache line with AVX2. All passes read the same panels, so
// nothing is ever transposed:
//   product  C = A X for a few rows of A, broadcasting the entries of A over the samples;
//   outer    G += D X^T, summing over the lanes at the end.
// Either keeps its tile in 12 vector registers of the 16 of AVX2 and SSE2.

#include <Eigen/Core>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

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

constexpr int kVectors = 2;  ///< vectors in a row of a panel
template <class Real>
constexpr int kPanel = kVectors* kLanes<Real>;

constexpr int kProductRows = 6;   ///< rows of A in a tile of a product: 6 x 2 vectors
constexpr int kOuterRows = 4;     ///< rows of D in a tile of an outer product: 4 x 3 vectors
constexpr int kOuterColumns = 3;  ///< rows of X in it

/// Storage of whole vectors.
template <class Real>
using Buffer = std::vector<Real, Eigen::aligned_allocator<Real>>;

/// Numbers from a panel to the next. An odd number of rows between panels spreads a few rows of
/// many panels over all sets of the cache, whatever the width.
template <class Real>
constexpr Index panel_stride(Index rows) {
  return (rows | 1) * kPanel<Real>;
}

template <class Real>
constexpr Index panels_for(Index samples) {
  return (samples + kPanel<Real> - 1) / kPanel<Real>;
}

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

/// 1 where v > 0, else 0.
template <class Real>
inline Vec<Real> is_positive(const Vec<Real>& v) {
  return where_positive<Real>(v, broadcast(Real{1}));
}

/// max(v, 0).
template <class Real>
inline Vec<Real> relu(const Vec<Real>& v) {
  using Packet = typename Eigen::internal::packet_traits<Real>::type;
  static_assert(sizeof(Packet) == sizeof(Vec<Real>));
  return Vec<Real>(Eigen::internal::pmax(Packet(v), Packet(Vec<Real>{})));
}

/// out[i] += the sum of the lanes of vector i, for the first `Count` of four.
template <class Real, int Count>
[[gnu::always_inline]] inline void add_lane_sums(const Vec<Real>& a, const Vec<Real>& b,
                                                 const Vec<Real>& c, const Vec<Real>& d,
                                                 Real* out) {
  constexpr int n = kLanes<Real>;
  const auto add = [&](const auto& four) {
    if constexpr (Count == 4) {
      auto before = four;
      std::memcpy(&before, out, sizeof before);
      before += four;
      std::memcpy(out, &before, sizeof before);
    } else {
      for (int i = 0; i < Count; ++i) out[i] += four[i];
    }
  };
  if constexpr (n == 4) {
    const Vec<Real> ab =
        __builtin_shufflevector(a, b, 0, 4, 2, 6) + __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const Vec<Real> cd =
        __builtin_shufflevector(c, d, 0, 4, 2, 6) + __builtin_shufflevector(c, d, 1, 5, 3, 7);
    add(__builtin_shufflevector(ab, cd, 0, 1, 4, 5) +
        __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
  } else if constexpr (n == 8) {
    const Vec<Real> ab = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
                         __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    const Vec<Real> cd = __builtin_shufflevector(c, d, 0, 8, 2, 10, 4, 12, 6, 14) +
                         __builtin_shufflevector(c, d, 1, 9, 3, 11, 5, 13, 7, 15);
    const Vec<Real> all = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
                          __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
    add(__builtin_shufflevector(all, all, 0, 1, 2, 3) +
        __builtin_shufflevector(all, all, 4, 5, 6, 7));
  } else {
    Real sums[4] = {};
    for (int lane = 0; lane < n; ++lane) {
      sums[0] += a[lane];
      sums[1] += b[lane];
      sums[2] += c[lane];
      sums[3] += d[lane];
    }
    for (int i = 0; i < Count; ++i) out[i] += sums[i];
  }
}

template <class Real>
inline Real lane_sum(const Vec<Real>& v) {
  Real sum = 0;
  for (int lane = 0; lane < kLanes<Real>; ++lane) sum += v[lane];
  return sum;
}

/// acc(i, v) += sum_k A(i, k) X(k, v) for `Rows` rows of A and `inner` rows of one panel X; entry
/// (i, k) of A at a[i * row_step + k * column_step].
template <class Real, int Rows>
[[gnu::always_inline]] inline void multiply_tile(const Real* a, Index row_step, Index column_step,
                                                 Index inner, const Real* x,
                                                 Vec<Real> (&acc)[Rows][kVectors]) {
  for (Index k = 0; k < inner; ++k) {
    const Vec<Real> x0 = load(x), x1 = load(x + kLanes<Real>);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const Vec<Real> c = broadcast(a[i * row_step]);
      acc[i][0] += c * x0;
      acc[i][1] += c * x1;
    }
    x += kPanel<Real>;
    a += column_step;
  }
}

/// The same with A in panels itself, as the samples of its columns: `inner` whole panels' worth of
/// columns, a panel and the next lying a_stride apart.
template <class Real, int Rows>
[[gnu::always_inline]] inline void multiply_panels(const Real* a, Index a_stride, Index inner,
                                                   const Real* x, Vec<Real> (&acc)[Rows][kVectors]) {
  for (Index k = 0; k < inner; k += kPanel<Real>) {
    multiply_tile<Real, Rows>(a, kPanel<Real>, 1, kPanel<Real>, x + k * kPanel<Real>, acc);
    a += a_stride;
  }
}

/// Rows of X that one sweep of a product reads, so that they stay in the first-level cache.
constexpr Index kSweepRows = 256;

/// The size of equal sweeps over `inner` rows, in whole panels.
template <class Real>
constexpr Index sweep_size(Index inner) {
  const Index sweeps = (inner + kSweepRows - 1) / kSweepRows;
  return panels_for<Real>((inner + sweeps - 1) / sweeps) * kPanel<Real>;
}

/// g(i, j) += sum over the samples of `panels` panels of D(i, .) X(j, .) for Rows x Columns
/// entries; g column-major with `g_stride` rows. Rows of D and X are those of the first panel; the
/// next panel lies d_step and x_step numbers further on.
template <class Real, int Rows, int Columns>
[[gnu::noinline]] void outer_tile(const Real* d, Index d_step, const Real* x, Index x_step,
                                  Index panels, Real* g, Index g_stride) {
  static_assert(Rows <= 4);
  Vec<Real> acc[4][Columns] = {};
  for (Index p = 0; p < panels; ++p) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      Vec<Real> xs[Columns];
#pragma GCC unroll 8
      for (int j = 0; j < Columns; ++j) xs[j] = load(x + j * kPanel<Real> + v * kLanes<Real>);
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) {
        const Vec<Real> ds = load(d + i * kPanel<Real> + v * kLanes<Real>);
#pragma GCC unroll 8
        for (int j = 0; j < Columns; ++j) acc[i][j] += ds * xs[j];
      }
    }
    d += d_step;
    x += x_step;
  }
#pragma GCC unroll 8
  for (int j = 0; j < Columns; ++j) {
    add_lane_sums<Real, Rows>(acc[0][j], acc[1][j], acc[2][j], acc[3][j], g + j * g_stride);
  }
}

/// Calls visit.operator()<Rows>(i) for tiles of at most `Largest` rows that cover 0..rows-1, as
/// equal in size as can be: a thin last tile would leave the multiply-add units waiting.
template <int Largest, class Visit>
[[gnu::always_inline]] inline void for_each_tile(Index rows, Visit&& visit) {
  static_assert(Largest <= 6);
  if (rows <= 0) return;
  const Index tiles = (rows + Largest - 1) / Largest;
  const Index size = rows / tiles, larger = rows % tiles;
  Index i = 0;
  for (Index tile = 0; tile < tiles; ++tile) {
    const Index count = tile < larger ? size + 1 : size;
    switch (count) {
      case 1:
        visit.template operator()<1>(i);
        break;
      case 2:
        if constexpr (Largest >= 2) visit.template operator()<2>(i);
        break;
      case 3:
        if constexpr (Largest >= 3) visit.template operator()<3>(i);
        break;
      case 4:
        if constexpr (Largest >= 4) visit.template operator()<4>(i);
        break;
      case 5:
        if constexpr (Largest >= 5) visit.template operator()<5>(i);
        break;
      default:
        if constexpr (Largest >= 6) visit.template operator()<6>(i);
        break;
    }
    i += count;
  }
}

/// A in tiles of rows: the rows of a tile interleaved, so that a product reads it front to back.
/// `a` is rows x inner with entry (i, k) at a[i * row_step + k * column_step].
template <class Real>
void pack_rows(const Real* a, Index row_step, Index column_step, Index rows, Index inner,
               Real* packed) {
  for_each_tile<kProductRows>(rows, [&]<int Rows>(Index i) {
    Real* out = packed + i * inner;
    for (Index k = 0; k < inner; ++k) {
      for (int r = 0; r < Rows; ++r) *out++ = a[(i + r) * row_step + k * column_step];
    }
  });
}

/// G += D X^T over `panels` panels, `rows` rows of D, `columns` rows of X; g column-major with
/// `rows` rows.
template <class Real>
void outer_product(const Real* d, Index d_step, Index rows, const Real* x, Index x_step,
                   Index columns, Index panels, Real* g) {
  for_each_tile<kOuterRows>(rows, [&]<int Rows>(Index i) {
    for_each_tile<kOuterColumns>(columns, [&]<int Columns>(Index j) {
      outer_tile<Real, Rows, Columns>(d + i * kPanel<Real>, d_step, x + j * kPanel<Real>, x_step,
                                      panels, g + j * rows + i, rows);
    });
  });
}

}  // namespace cbsim::kernels
