#include "cbsim/training/refit_cost.hpp"

#include <algorithm>

#include "cbsim/core/cost.hpp"
#include "dual_form.hpp"

namespace cbsim {
namespace {

/// Products with J and with its transpose that the automatic rate takes, seen as a rule.
constexpr double kPowerIterations = 10.0;
/// theta-sized vectors of liblbfgs: its memory of 6 pairs, and 6 of the search.
constexpr double kLbfgsVectors = 18.0;

class Sizes {
 public:
  Sizes(const Network& network, const RefitSettings& settings)
      : dim_(static_cast<double>(network.shape().dim)),
        blocks_(static_cast<double>(network.shape().blocks)),
        m_(static_cast<double>(network.shape().width)),
        squares_(m_ * m_ * static_cast<double>(network.shape().depth - 2)),
        may_be_dual_(dual_is_possible(objective_settings(settings))) {}

  bool dual(double n) const {
    return may_be_dual_ && dual_is_cheaper(static_cast<Index>(n / blocks_), network_dim());
  }

  /// Forward and backward over n samples.
  double evaluation(double n) const {
    const double first = dual(n) ? 2.0 * m_ * n * n / blocks_ : 4.0 * m_ * dim_ * n;
    return first + 6.0 * squares_ * n + 4.0 * m_ * n;
  }

  /// J u and J^T v with the t x p Jacobian.
  double power_iteration(double n) const { return 4.0 * n * (m_ * dim_ + squares_ + m_); }

  /// Numbers of the packed history.
  double history(double n) const {
    const double gram = dual(n) ? n * n / blocks_ + m_ * n : 0.0;
    return kGrowth * ((dim_ + 1.0) * n + gram);
  }

  double coordinates(double n, double parameters) const {
    return dual(n) ? parameters - m_ * dim_ * blocks_ + m_ * n : parameters;
  }

  double packed_weights() const { return 2.0 * squares_; }

 private:
  Index network_dim() const { return static_cast<Index>(dim_); }

  double dim_, blocks_, m_, squares_;
  bool may_be_dual_;
};

}  // namespace

RefitCost refit_cost(const Network& network, const RefitSettings& settings, Index t, double steps) {
  const Sizes sizes(network, settings);
  const auto n = static_cast<double>(t), p = static_cast<double>(network.parameters());
  const bool batched = settings.batch > 0 && settings.batch < t;
  const bool linearised =
      !settings.learning_rate &&
      (settings.optimizer == Optimizer::gd || settings.optimizer == Optimizer::sgd);

  RefitCost cost;
  const double each = sizes.evaluation(batched ? static_cast<double>(settings.batch) : n);
  cost.operations = steps * each + sizes.evaluation(n);
  if (linearised && !batched) cost.operations += kPowerIterations * sizes.power_iteration(n);

  double numbers = 3.0 * sizes.coordinates(n, p) + sizes.history(n) + sizes.packed_weights();
  if (settings.optimizer == Optimizer::adam) numbers += 2.0 * p;
  cost.bytes = numbers * (settings.precision == Precision::single_precision ? 4.0 : 8.0);
  if (settings.optimizer == Optimizer::lbfgs) cost.bytes += 8.0 * kLbfgsVectors * p;
  if (linearised) {
    double factors = static_cast<double>(network.shape().width);  // the product of one layer
    for (const ParameterMatrix& matrix : network.layout().matrices) {
      factors += static_cast<double>(matrix.rows + matrix.cols);
    }
    cost.bytes += 8.0 * (factors * n + p);
  }
  return cost;
}

}  // namespace cbsim
