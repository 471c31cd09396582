#include "cbsim/environment/labelled_data.hpp"

#include <cmath>

namespace cbsim {

Index LabelledData::dim() const {
  Index dim = 0;
  for (const FeatureColumn& column : columns) dim += column.width();
  return dim;
}

double LabelledData::value(Index row, Index column) const {
  const auto at = static_cast<std::size_t>(row) * columns.size() + static_cast<std::size_t>(column);
  return pixels.empty() ? values[at] : static_cast<double>(pixels[at]) / 255.0;
}

void LabelledData::write(Index row, VectorRef out) const {
  Index at = 0, c = 0;
  for (const FeatureColumn& column : columns) {
    const double v = value(row, c++);
    if (column.categorical()) {
      out.segment(at, column.width()).setZero();
      out(at + static_cast<Index>(v)) = 1.0;
    } else {
      out(at) = v;
    }
    at += column.width();
  }
}

Standardization standardization(const LabelledData& data) {
  const auto count = static_cast<Index>(data.columns.size());
  const auto rows = static_cast<double>(data.rows());
  Vector mean = Vector::Zero(count), variance = Vector::Zero(count);
  std::vector<bool> constant(data.columns.size(), true);
  for (Index i = 0; i < data.rows(); ++i) {
    for (Index c = 0; c < count; ++c) {
      mean(c) += data.value(i, c);
      if (data.value(i, c) != data.value(0, c)) constant[static_cast<std::size_t>(c)] = false;
    }
  }
  mean /= rows;
  for (Index i = 0; i < data.rows(); ++i) {
    for (Index c = 0; c < count; ++c) {
      const double centred = data.value(i, c) - mean(c);
      variance(c) += centred * centred;
    }
  }
  variance /= rows;

  Standardization map{Vector::Zero(data.dim()), Vector::Ones(data.dim())};
  Index at = 0, c = 0;
  for (const FeatureColumn& column : data.columns) {
    if (!column.categorical()) {
      // The rounded mean of equal values would leave a spread that is no spread.
      const bool is_constant = constant[static_cast<std::size_t>(c)];
      map.mean(at) = is_constant ? data.value(0, c) : mean(c);
      if (!is_constant && variance(c) > 0.0) map.factor(at) = 1.0 / std::sqrt(variance(c));
    }
    at += column.width();
    ++c;
  }
  return map;
}

}  // namespace cbsim
