#include "packed_history.hpp"

#include <algorithm>

namespace cbsim {

template <class Real>
void PanelMatrix<Real>::append() {
  if (samples_ % kernels::kPanel<Real> == 0) {
    data_.resize(static_cast<std::size_t>((panels() + 1) * stride()));
  }
  ++samples_;
}

template <class Real>
void PanelMatrix<Real>::append(const ConstVectorRef& column) {
  append();
  for (Index i = 0; i < column.size(); ++i) at(i, samples_ - 1) = static_cast<Real>(column(i));
}

template <class Real>
void PanelMatrix<Real>::grow_rows(Index rows) {
  const Index filled = rows_ * kernels::kPanel<Real>, before = stride();
  rows_ = rows;
  kernels::Buffer<Real> data(static_cast<std::size_t>(panels() * stride()));
  for (Index p = 0; p < panels(); ++p) {
    std::copy_n(data_.data() + p * before, filled, data.data() + p * stride());
  }
  data_ = std::move(data);
}

template <class Real>
void PanelMatrix<Real>::clear() {
  samples_ = 0;
  data_.clear();
}

template <class Real>
void PackedBlock<Real>::append(const ConstVectorRef& context, double reward) {
  x.append(context);
  r.resize(static_cast<std::size_t>(x.panels() * kernels::kPanel<Real>));
  r[static_cast<std::size_t>(size() - 1)] = static_cast<Real>(reward);
}

template <class Real>
void PackedBlock<Real>::set_rewards(const ConstVectorRef& rewards) {
  for (Index s = 0; s < rewards.size(); ++s) {
    r[static_cast<std::size_t>(s)] = static_cast<Real>(rewards(s));
  }
}

template <class Real>
void PackedBlock<Real>::append(const PackedBlock& other, Index s) {
  x.append();
  r.resize(static_cast<std::size_t>(x.panels() * kernels::kPanel<Real>));
  for (Index i = 0; i < x.rows(); ++i) x.at(i, size() - 1) = other.x.at(i, s);
  r[static_cast<std::size_t>(size() - 1)] = other.r[static_cast<std::size_t>(s)];
}

template <class Real>
void PackedBlock<Real>::append_gram(const ConstVectorRef& products) {
  const Index n = products.size() - 1;
  if (n == gram.rows()) gram.grow_rows(std::max<Index>(2 * n, kernels::kPanel<Real>));
  gram.append(products);
  for (Index s = 0; s < n; ++s) gram.at(n, s) = static_cast<Real>(products(s));
}

template <class Real>
void PackedBlock<Real>::make_primal() {
  dual = false;
  gram = PanelMatrix<Real>();
  base = PanelMatrix<Real>();
}

template <class Real>
void PackedBlock<Real>::clear() {
  x.clear();
  r.clear();
}

template class PanelMatrix<float>;
template class PanelMatrix<double>;
template struct PackedBlock<float>;
template struct PackedBlock<double>;

}  // namespace cbsim
