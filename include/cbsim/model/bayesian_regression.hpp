#pragma once

#include "cbsim/confidence/cholesky_factor.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// A normal-inverse-gamma prior: sigma^2 ~ IG(shape, rate), beta | sigma^2 ~ N(0, sigma^2 /
/// precision I).
struct NormalInverseGammaPrior {
  double precision = 0.25;
  double shape = 6.0;  ///< a_0
  double rate = 6.0;   ///< b_0

  Settings settings();
};

/// Bayesian linear regression r ~ N(beta^T z, sigma^2) with that prior (Riquelme, Tucker, Snoek
/// 2018, equations 1 and 2). With Lambda = precision I + Z Z^T and beta_n = Lambda^{-1} Z r:
///   sigma^2 ~ IG(shape + n/2, rate + (r^T r - beta_n^T Lambda beta_n) / 2),
///   beta | sigma^2 ~ N(beta_n, sigma^2 Lambda^{-1}).
class BayesianRegression {
 public:
  BayesianRegression(Index dim, const NormalInverseGammaPrior& prior);

  void add(const ConstVectorRef& z, double reward);
  /// Forgets all there is and takes the columns of z, dim x n, with n rewards.
  void set(const ConstMatrixRef& z, const ConstVectorRef& rewards);

  const Vector& mean() const { return mean_; }  ///< beta_n
  double shape() const;                         ///< of sigma^2
  double rate() const;
  /// sqrt(rate / shape z^T Lambda^{-1} z): a scale of beta^T z, which is Student's with 2 shape
  /// degrees of freedom.
  double width(const ConstVectorRef& z);
  /// beta_n + scale (beta - beta_n) for a draw beta of the posterior.
  void sample(double scale, Stream& stream, Vector& beta) const;

  void state(StateArchive& archive);

 private:
  NormalInverseGammaPrior prior_;
  CholeskyFactor factor_;
  Vector b_, mean_, solved_;
  double squares_ = 0.0;  ///< r^T r
  Index size_ = 0;
};

}  // namespace cbsim
