#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <utility>

// Eigen 3.4 frees a matrix before it takes memory for its new size and keeps the old pointer in
// between: where that memory is refused, the destructor frees it once more. These are its own
// functions of the matrices that cbsim resizes, with the pointer cleared.

namespace Eigen {

#define CBSIM_RESIZE(Real, Rows, Columns, Options, old_size, set_size)                           \
  template <>                                                                                    \
  inline void DenseStorage<Real, Dynamic, Rows, Columns, Options>::resize(                       \
      Index size, [[maybe_unused]] Index rows, [[maybe_unused]] Index cols) {                    \
    if (size != (old_size)) {                                                                    \
      internal::conditional_aligned_delete_auto<Real, true>(std::exchange(m_data, nullptr),      \
                                                            static_cast<std::size_t>(old_size)); \
      if (size > 0) {                                                                            \
        m_data =                                                                                 \
            internal::conditional_aligned_new_auto<Real, true>(static_cast<std::size_t>(size));  \
      }                                                                                          \
    }                                                                                            \
    set_size;                                                                                    \
  }

#define CBSIM_RESIZE_ALL(Real)                                                                   \
  CBSIM_RESIZE(Real, Dynamic, Dynamic, ColMajor, m_rows* m_cols, (m_rows = rows, m_cols = cols)) \
  CBSIM_RESIZE(Real, Dynamic, Dynamic, RowMajor, m_rows* m_cols, (m_rows = rows, m_cols = cols)) \
  CBSIM_RESIZE(Real, Dynamic, 1, ColMajor, m_rows, m_rows = rows)

CBSIM_RESIZE_ALL(double)
CBSIM_RESIZE_ALL(float)
CBSIM_RESIZE(double, 8, Dynamic, ColMajor, 8 * m_cols, m_cols = cols)  // of PackedTriangle

#undef CBSIM_RESIZE_ALL
#undef CBSIM_RESIZE

}  // namespace Eigen
