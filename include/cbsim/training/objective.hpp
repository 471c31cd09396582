#pragma once

#include <memory>
#include <span>

#include "cbsim/core/history.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/network.hpp"

namespace cbsim {

/// What the penalty pulls theta towards.
enum class PenaltyCenter { initial, zero, none };

/// The objective of a refit (Zhou, Li, Gu 2020, Algorithm 2),
///   L(theta) = sum_i (f(x_i; theta) - r_i)^2 / 2 + c |theta - theta_c|^2 / 2,
/// with c = m lambda and theta_c = theta_0 in the paper. With `mean` all of it is divided by t.
struct ObjectiveSettings {
  double penalty = 0.0;  ///< c
  PenaltyCenter center = PenaltyCenter::initial;
  bool mean = false;
  /// Every refit is a gradient descent from theta_0, so that the first layer may be stepped in its
  /// dual form where that is cheaper.
  bool descent_from_initial = false;
  int threads = 1;  ///< of one evaluation; they do not change a bit of the result
};

struct LossValue {
  double total = 0.0;               ///< L(theta); of a batch, its estimate
  double mean_squared_error = 0.0;  ///< of f - r
};

/// L and its gradient over a growing history, in coordinates w of its own choice, as `Real`: the
/// step w <- w - eta direction is the step theta <- theta - eta grad L(theta). Most coordinates are
/// those of theta.
template <class Real>
class Objective {
 public:
  using Coordinates = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

  virtual ~Objective() = default;

  /// Takes in the observations appended to `history` since the last call, and the rewards of all;
  /// always the same history.
  virtual void append(const History& history) = 0;

  /// w of `theta`, where a refit starts.
  virtual void begin(const Vector& theta, Coordinates& w) = 0;
  /// theta of w.
  virtual void end(const Coordinates& w, Vector& theta) const = 0;

  /// L and its direction at w, over the whole history or, without bias, over a batch: indices below
  /// t, each observation weighted t / n (not with `descent_from_initial`). Allocates nothing once it has met the sizes.
  virtual LossValue evaluate(const Coordinates& w, Coordinates& direction,
                             std::span<const Index> batch = {}) = 0;

  /// |grad L| of a direction.
  virtual double gradient_norm(const Coordinates& direction) = 0;

  // Of the data term's Gauss-Newton matrix at theta_0, J^T J with J the t x p Jacobian of f.

  /// To a relative 1e-2 or so, from below.
  virtual double largest_start_eigenvalue() = 0;
  /// Of a row of J: n times it bounds the curvature of n observations.
  virtual double largest_start_squared_norm() = 0;
};

/// By vector kernels over blocks of samples that stay in cache. `network` and `initial` (theta_0)
/// must outlive it.
template <class Real>
std::unique_ptr<Objective<Real>> make_fused_objective(const Network& network, const Vector& initial,
                                                      const ObjectiveSettings& settings);

/// By plain Eigen products in double precision, in the coordinates of theta: the oracle of the
/// fused version.
std::unique_ptr<Objective<double>> make_plain_objective(const Network& network,
                                                        const Vector& initial,
                                                        const ObjectiveSettings& settings);

/// `objective`, whose coordinates must be those of theta and which must have no penalty, with
/// inverted dropout: each evaluation keeps every unit of a hidden layer with probability `keep` and
/// multiplies it by 1/keep, else drops it (Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov
/// 2014), the same units for all samples of the evaluation, which leaves the expected gradient as
/// it is with units drawn for each sample. The penalty of `settings` is added.
template <class Real>
std::unique_ptr<Objective<Real>> make_dropout_objective(std::unique_ptr<Objective<Real>> objective,
                                                        const Network& network,
                                                        const Vector& initial,
                                                        const ObjectiveSettings& settings,
                                                        double keep, Seed seed);

/// Draws 0 or 1/keep for each unit of the hidden layers, m x (L-1), and scales the columns of
/// W_2..W_L in `theta`, which act on them.
Matrix draw_kept_units(const Network& network, double keep, Stream& stream);
template <class Real>
void scale_by_units(const Network& network, const Matrix& units,
                    Eigen::Matrix<Real, Eigen::Dynamic, 1>& theta);

extern template std::unique_ptr<Objective<float>> make_fused_objective(const Network&,
                                                                       const Vector&,
                                                                       const ObjectiveSettings&);
extern template std::unique_ptr<Objective<double>> make_fused_objective(const Network&,
                                                                        const Vector&,
                                                                        const ObjectiveSettings&);

}  // namespace cbsim
