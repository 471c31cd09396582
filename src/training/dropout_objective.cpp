#include <utility>

#include "cbsim/training/objective.hpp"

namespace cbsim {
namespace {

template <class Real>
class DropoutObjective final : public Objective<Real> {
 public:
  using typename Objective<Real>::Coordinates;

  DropoutObjective(std::unique_ptr<Objective<Real>> objective, const Network& network,
                   const Vector& initial, const ObjectiveSettings& settings, double keep, Seed seed)
      : objective_(std::move(objective)),
        network_(network),
        mean_(settings.mean),
        penalty_(settings.center == PenaltyCenter::none ? 0.0 : settings.penalty),
        keep_(keep),
        seed_(seed),
        stream_(seed, Purpose::dropout),
        center_(initial.cast<Real>()) {
    if (settings.center == PenaltyCenter::zero) center_.setZero();
  }

  void append(const History& history) override {
    objective_->append(history);
    size_ = history.size();
  }

  void begin(const Vector& theta, Coordinates& w) override {
    stream_ = Stream(seed_, Purpose::dropout, static_cast<std::uint64_t>(size_));
    objective_->begin(theta, w);
  }

  void end(const Coordinates& w, Vector& theta) const override { objective_->end(w, theta); }

  LossValue evaluate(const Coordinates& w, Coordinates& direction,
                     std::span<const Index> batch) override {
    const Matrix units = draw_kept_units(network_, keep_, stream_);
    dropped_ = w;
    scale_by_units<Real>(network_, units, dropped_);
    LossValue value = objective_->evaluate(dropped_, direction, batch);
    scale_by_units<Real>(network_, units, direction);
    if (penalty_ == 0.0) return value;
    const double c = penalty_ / (mean_ ? static_cast<double>(size_) : 1.0);
    value.total += 0.5 * c * static_cast<double>((w - center_).squaredNorm());
    direction += static_cast<Real>(c) * (w - center_);
    return value;
  }

  double gradient_norm(const Coordinates& direction) override {
    return objective_->gradient_norm(direction);
  }
  double largest_start_eigenvalue() override { return objective_->largest_start_eigenvalue(); }
  double largest_start_squared_norm() override { return objective_->largest_start_squared_norm(); }

 private:
  std::unique_ptr<Objective<Real>> objective_;
  const Network& network_;
  bool mean_;
  double penalty_, keep_;
  Seed seed_;
  Stream stream_;  ///< of this refit
  Index size_ = 0;
  Coordinates center_, dropped_;
};

}  // namespace

Matrix draw_kept_units(const Network& network, double keep, Stream& stream) {
  Matrix units(network.shape().width, network.shape().depth - 1);
  for (double& unit : units.reshaped()) unit = stream.uniform() < keep ? 1.0 / keep : 0.0;
  return units;
}

template <class Real>
void scale_by_units(const Network& network, const Matrix& units,
                    Eigen::Matrix<Real, Eigen::Dynamic, 1>& theta) {
  for (Index l = 2; l <= network.shape().depth; ++l) {
    const ParameterMatrix& matrix = network.layout().matrices[network.weight_index(l)];
    for (Index unit = 0; unit < matrix.cols; ++unit) {
      theta.segment(matrix.offset + unit * matrix.rows, matrix.rows) *=
          static_cast<Real>(units(unit, l - 2));
    }
  }
}

template <class Real>
std::unique_ptr<Objective<Real>> make_dropout_objective(std::unique_ptr<Objective<Real>> objective,
                                                        const Network& network,
                                                        const Vector& initial,
                                                        const ObjectiveSettings& settings,
                                                        double keep, Seed seed) {
  return std::make_unique<DropoutObjective<Real>>(std::move(objective), network, initial, settings,
                                                  keep, seed);
}

template void scale_by_units(const Network&, const Matrix&, Eigen::VectorXf&);
template void scale_by_units(const Network&, const Matrix&, Eigen::VectorXd&);
template std::unique_ptr<Objective<float>> make_dropout_objective(std::unique_ptr<Objective<float>>,
                                                                  const Network&, const Vector&,
                                                                  const ObjectiveSettings&, double,
                                                                  Seed);
template std::unique_ptr<Objective<double>> make_dropout_objective(
    std::unique_ptr<Objective<double>>, const Network&, const Vector&, const ObjectiveSettings&,
    double, Seed);

}  // namespace cbsim
