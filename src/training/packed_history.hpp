#pragma once

#include <vector>

#include "cbsim/core/history.hpp"
#include "cbsim/training/network.hpp"
#include "panel_kernels.hpp"

namespace cbsim {

/// Rows x samples in panels, append-only in the samples: entry (i, s) at
/// data[s / kPanel * stride + i * kPanel + s % kPanel]. The samples of the last panel that are not
/// there yet are 0.
template <class Real>
class PanelMatrix {
 public:
  explicit PanelMatrix(Index rows = 0) : rows_(rows) {}

  Index rows() const { return rows_; }
  Index samples() const { return samples_; }
  Index panels() const { return kernels::panels_for<Real>(samples_); }
  Index stride() const { return kernels::panel_stride<Real>(rows_); }
  const Real* panel(Index p) const { return data_.data() + p * stride(); }
  Real& at(Index i, Index s) { return data_[place(i, s)]; }
  Real at(Index i, Index s) const { return data_[place(i, s)]; }

  /// Appends a sample of zeros.
  void append();
  void append(const ConstVectorRef& column);
  /// Adds rows of zeros.
  void grow_rows(Index rows);
  void clear();  ///< no samples, storage kept

 private:
  std::size_t place(Index i, Index s) const {
    constexpr Index n = kernels::kPanel<Real>;
    return static_cast<std::size_t>(s / n * stride() + i * n + s % n);
  }

  Index rows_;
  Index samples_ = 0;
  kernels::Buffer<Real> data_;
};

/// The observations of one block of the contexts, packed for the kernels.
template <class Real>
struct PackedBlock {
  PanelMatrix<Real> x;         ///< d x n
  kernels::Buffer<Real> r{};   ///< panels * kPanel rewards
  bool dual = false;           ///< the first layer is held in its dual form (FusedPass); then
  PanelMatrix<Real> gram{};    ///< Gamma: x_k^T x_s, n rounded up to whole panels x n
  PanelMatrix<Real> base{};    ///< W_1 x_s at theta_0, m x n

  explicit PackedBlock(Index dim) : x(dim) {}
  Index size() const { return x.samples(); }

  void append(const ConstVectorRef& context, double reward);
  void set_rewards(const ConstVectorRef& rewards);  ///< of all observations
  /// Appends observation s of another block of the same dimension.
  void append(const PackedBlock& other, Index s);
  /// Gives Gamma its next row and column, n + 1 products.
  void append_gram(const ConstVectorRef& products);
  /// Gives up the dual form.
  void make_primal();
  void clear();  ///< no observations, storage kept
};

extern template struct PackedBlock<float>;
extern template struct PackedBlock<double>;
extern template class PanelMatrix<float>;
extern template class PanelMatrix<double>;

}  // namespace cbsim
