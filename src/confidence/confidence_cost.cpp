#include "cbsim/confidence/confidence_cost.hpp"

#include <algorithm>

#include "cbsim/confidence/changeover.hpp"
#include "cbsim/core/cost.hpp"

namespace cbsim {
namespace {

struct Sizes {
  double parameters = 0.0;  ///< p
  double touched = 0.0;     ///< coordinates of a gradient that are not zero
  double factors = 0.0;     ///< numbers of its factors
};

Sizes sizes_of(const ParameterLayout& layout) {
  Sizes sizes{.parameters = static_cast<double>(layout.size())};
  for (const ParameterMatrix& matrix : layout.matrices) {
    sizes.touched += static_cast<double>(matrix.block_size());
    sizes.factors += static_cast<double>(matrix.rows + matrix.cols);
  }
  return sizes;
}

ConfidenceCost full_cost(const ParameterLayout& layout, const ConfidenceSetup& setup, Index t) {
  const auto [p, touched, factors] = sizes_of(layout);
  const auto arms = static_cast<double>(setup.arms);
  const auto from = cheapest_changeover(form_costs(layout, setup.arms), setup.horizon);
  // Dual: a triangular solve an arm, and the inner products before it; the scored gradient is added
  // for nothing. Primal: gradients written out, products with the inverse, and an update of it.
  const auto rounds = static_cast<double>(from ? std::min(t, *from) : t);
  const double dual_bytes = 8.0 * rounds * (rounds / 2.0 + kGrowth * factors + 2.0 * arms);
  if (!from || t <= *from) {
    return {.operations = arms * rounds * (rounds + 2.0 * factors), .bytes = dual_bytes};
  }
  // The inverse is made beside Z.
  const double conversion = t == *from + 1 && *from > 0 ? p * p * (rounds + p) : 0.0;
  return {
      .operations = 2.0 * p * p * (arms + 2.0) + conversion,
      .bytes = std::max(dual_bytes, 8.0 * (2.0 * p * p + 2.0 * p * arms + kGrowth * rounds * factors))};
}

}  // namespace

ConfidenceCost confidence_cost(ConfidenceKind kind, const Network& network,
                               const ConfidenceSetup& setup, Index t) {
  const ParameterLayout& layout = network.layout();
  if (kind == ConfidenceKind::full) return full_cost(layout, setup, t);
  if (kind == ConfidenceKind::diagonal) {
    const Sizes sizes = sizes_of(layout);
    return {.operations = 4.0 * sizes.touched * (static_cast<double>(setup.arms) + 1.0),
            .bytes = 8.0 * sizes.parameters};
  }
  ParameterLayout last;
  for (std::size_t k = network.weight_index(network.shape().depth); k < layout.matrices.size();
       ++k) {
    last.append(layout.matrices[k].rows, layout.matrices[k].cols);
  }
  return full_cost(last, setup, t);
}

}  // namespace cbsim
