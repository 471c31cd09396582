#include "cbsim/training/refit_cost.hpp"

#include <algorithm>
#include <cmath>

#include "cbsim/core/cost.hpp"
#include "fused_pass.hpp"
#include "panel_kernels.hpp"
#include "refit_choices.hpp"
#include "start_curvature.hpp"

namespace cbsim {
namespace {

/// Of the automatic rate, seen as a rule; each costs about what a gradient step does.
constexpr double kPowerIterations = 10.0;
/// theta-sized vectors of liblbfgs: its memory of 6 pairs, and 6 of the search.
constexpr double kLbfgsVectors = 18.0;

/// What an optimiser does with its vectors in a step, against gradient descent.
double vector_work(Optimizer optimizer) {
  if (optimizer == Optimizer::adam) return 3.0;
  return optimizer == Optimizer::lbfgs ? 5.0 : 1.0;
}

template <class Real>
double work_space(const RefitSettings& settings, const NetworkShape& shape, bool linearised) {
  const Index passes = settings.objective.threads * FusedPass<Real>::work_space(shape);
  return static_cast<double>(passes + (linearised ? StartJacobian<Real>::work_space(shape) : 0));
}

}  // namespace

RefitCost refit_cost(const Network& network, const RefitSettings& settings, Index t, double steps) {
  const NetworkShape& shape = network.shape();
  const auto n = static_cast<double>(t), p = static_cast<double>(network.parameters());
  const auto m = static_cast<double>(shape.width), d = static_cast<double>(shape.dim);
  const auto blocks = static_cast<double>(shape.blocks);
  const auto hidden = static_cast<double>(shape.depth - 1);
  const double squares = m * m * (hidden - 1.0);
  const bool may_be_dual = dual_is_possible(objective_settings(settings));
  const auto is_dual = [&](double samples) {
    return may_be_dual && dual_is_cheaper(static_cast<Index>(samples) / shape.blocks, shape.dim);
  };
  const bool batched = settings.batch > 0 && settings.batch < t;
  const bool linearised = !settings.learning_rate && (settings.optimizer == Optimizer::gd ||
                                                      settings.optimizer == Optimizer::sgd);

  // Whole panels are computed, in each block that has samples.
  const bool single = settings.precision == Precision::single_precision;
  const double panel = single ? kernels::kPanel<float> : kernels::kPanel<double>;
  const double filled = std::min(n, blocks);
  const auto in_a_block = [&](double samples) {
    return panel * std::ceil(samples / filled / panel);
  };
  const auto evaluation = [&](double samples) {
    const double each = in_a_block(samples);
    const double first = is_dual(n) ? 2.0 * m * each * each : 4.0 * m * d * each;
    return filled * (first + 6.0 * squares * each + 4.0 * m * each);
  };
  RefitCost cost;
  cost.operations =
      steps * evaluation(batched ? static_cast<double>(settings.batch) : n) + evaluation(n);
  if (linearised && !batched) cost.operations += kPowerIterations * evaluation(n);

  // Of a vector in the coordinates of a descent.
  const auto coordinates = [&](double samples) {
    const double first = is_dual(samples) ? m * filled * in_a_block(samples) : m * d * blocks;
    return p - m * d * blocks + first;
  };
  cost.numbers = steps * coordinates(n) * vector_work(settings.optimizer);

  // Numbers of the precision of the refit: vectors, weights packed for products (W_1 at the end),
  // and what grows with the history: it, its products and the Jacobian at theta_0.
  const double vectors = settings.optimizer == Optimizer::adam ? 5.0 : 3.0;
  const double groups = static_cast<double>(group_count(t) - 1) * (p - m * d * (blocks - 1.0));
  const double packed = 2.0 * squares + m * d;
  const double work = single ? work_space<float>(settings, shape, linearised)
                             : work_space<double>(settings, shape, linearised);
  const double sample = d + 1.0 + (linearised ? 2.0 * hidden * m : 0.0);
  // The products of a block in dual form, with rows for twice its samples. With more samples than
  // all blocks can have in that form one of them is in the other, however the arms were played.
  const double last_dual = 2.0 * d - 1.0;
  const auto held = [&](double samples) {
    double gram = 0.0;
    if (may_be_dual) {
      const double most = std::min(std::ceil(samples / blocks), last_dual);
      gram = (samples > blocks * last_dual ? blocks - 1.0 : blocks) * most * (2.0 * most + m);
    }
    return vectors * coordinates(samples) + packed + gram + groups + work +
           kGrowth * sample * samples;
  };
  const double numbers = std::max(held(n), held(std::min(n, blocks * last_dual)));
  cost.bytes = numbers * (single ? 4.0 : 8.0);
  if (settings.optimizer == Optimizer::lbfgs) cost.bytes += 8.0 * kLbfgsVectors * p;
  return cost;
}

}  // namespace cbsim
