#include "cbsim/model/bayesian_regression.hpp"

#include <algorithm>
#include <cmath>

namespace cbsim {

Settings NormalInverseGammaPrior::settings() {
  return {
      real("precision", &precision, above(0), {"of the weights β, over σ²", "λ₀"}),
      // Below, a draw of 1/σ² may be 0 to rounding.
      real("shape", &shape, at_least(0.5), {"of the noise variance σ² ~ IG(a₀, b₀)", "a₀"}),
      real("rate", &rate, above(0), {"of the noise variance", "b₀"}),
  };
}

BayesianRegression::BayesianRegression(Index dim, const NormalInverseGammaPrior& prior)
    : prior_(prior), factor_(dim, prior.precision), b_(Vector::Zero(dim)), mean_(b_) {}

void BayesianRegression::add(const ConstVectorRef& z, double reward) {
  factor_.add(z);
  b_ += reward * z;
  mean_ = b_;
  factor_.solve(mean_);
  squares_ += reward * reward;
  ++size_;
}

void BayesianRegression::set(const ConstMatrixRef& z, const ConstVectorRef& rewards) {
  factor_.assign(z);
  b_.noalias() = z * rewards;
  mean_ = b_;
  factor_.solve(mean_);
  squares_ = rewards.squaredNorm();
  size_ = rewards.size();
}

void BayesianRegression::state(StateArchive& archive) {
  factor_.state(archive);
  archive.numbers(b_);
  archive.numbers(mean_);
  archive.value(squares_);
  archive.count(size_);
}

double BayesianRegression::shape() const { return prior_.shape + 0.5 * static_cast<double>(size_); }

double BayesianRegression::rate() const {
  return prior_.rate + 0.5 * std::max(0.0, squares_ - mean_.dot(b_));
}

double BayesianRegression::width(const ConstVectorRef& z) {
  solved_ = z;
  factor_.half_solve(solved_);
  return std::sqrt(rate() / shape()) * solved_.norm();
}

void BayesianRegression::sample(double scale, Stream& stream, Vector& beta) const {
  const double sigma = std::sqrt(rate() / stream.gamma(shape()));
  beta.resize(mean_.size());
  fill_normal(stream, beta);
  factor_.transposed_half_solve(beta);
  beta = mean_ + scale * sigma * beta;
}

}  // namespace cbsim
