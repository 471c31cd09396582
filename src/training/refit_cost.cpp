#include "cbsim/training/refit_cost.hpp"

#include <algorithm>
#include <cmath>

#include "cbsim/core/cost.hpp"
#include "dual_form.hpp"
#include "panel_kernels.hpp"

namespace cbsim {
namespace {

/// Of the automatic rate, seen as a rule; each costs about what a gradient step does.
constexpr double kPowerIterations = 10.0;
/// theta-sized vectors of liblbfgs: its memory of 6 pairs, and 6 of the search.
constexpr double kLbfgsVectors = 18.0;

}  // namespace

RefitCost refit_cost(const Network& network, const RefitSettings& settings, Index t, double steps) {
  const NetworkShape& shape = network.shape();
  const auto n = static_cast<double>(t), p = static_cast<double>(network.parameters());
  const auto m = static_cast<double>(shape.width), d = static_cast<double>(shape.dim);
  const auto blocks = static_cast<double>(shape.blocks);
  const auto hidden = static_cast<double>(shape.depth - 1);
  const double squares = m * m * (hidden - 1.0);
  const bool dual = dual_is_possible(objective_settings(settings)) &&
                    dual_is_cheaper(t / shape.blocks, shape.dim);
  const bool batched = settings.batch > 0 && settings.batch < t;
  const bool linearised = !settings.learning_rate && (settings.optimizer == Optimizer::gd ||
                                                      settings.optimizer == Optimizer::sgd);

  // Whole panels are computed, in each block that has samples.
  const bool single = settings.precision == Precision::single_precision;
  const double panel = single ? kernels::kPanel<float> : kernels::kPanel<double>;
  const auto evaluation = [&](double samples) {
    const double filled = std::min(samples, blocks);
    const double each = panel * std::ceil(samples / filled / panel);
    const double first = dual ? 2.0 * m * each * each : 4.0 * m * d * each;
    return filled * (first + 6.0 * squares * each + 4.0 * m * each);
  };
  RefitCost cost;
  cost.operations =
      steps * evaluation(batched ? static_cast<double>(settings.batch) : n) + evaluation(n);
  if (linearised && !batched) cost.operations += kPowerIterations * evaluation(n);

  // Numbers, of the precision of the refit: vectors in the coordinates of a descent, weights packed
  // for products, and what grows with the history: it, its products and the Jacobian at theta_0.
  const double first = dual ? m * n : m * d * blocks;
  double vectors = 3.0;
  if (settings.optimizer == Optimizer::adam) vectors += 2.0;
  double growing = (d + 1.0) * n;
  if (dual) growing += n * n / blocks + m * n;
  if (linearised) growing += 2.0 * hidden * m * n;
  const double numbers = vectors * (p - m * d * blocks + first) + 2.0 * squares + kGrowth * growing;
  cost.bytes = numbers * (single ? 4.0 : 8.0);
  if (settings.optimizer == Optimizer::lbfgs) cost.bytes += 8.0 * kLbfgsVectors * p;
  return cost;
}

}  // namespace cbsim
