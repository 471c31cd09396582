#include "cbsim/model/linear_model.hpp"

#include <cmath>
#include <vector>

#include "cbsim/confidence/symmetric_inverse.hpp"

namespace cbsim {
namespace {

class LinearModel final : public RewardModel {
 public:
  LinearModel(const ContextShape& shape, double lambda)
      : arms_(shape.arms),
        lambda_(lambda),
        b_(Matrix::Zero(shape.dim, shape.blocks)),
        theta_(Matrix::Zero(shape.dim, shape.blocks)),
        solved_(shape.dim) {
    for (Index i = 0; i < shape.blocks; ++i) inverses_.emplace_back(shape.dim, lambda);
  }

  void predict(const Contexts& contexts, Vector& mean) override {
    mean.resize(contexts.arms());
    for (Index a = 0; a < contexts.arms(); ++a) {
      mean(a) = theta_.col(contexts[a].block).dot(contexts[a].x);
    }
  }

  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    predict(contexts, mean);
    width.resize(contexts.arms());
    for (Index a = 0; a < contexts.arms(); ++a) {
      const ContextView context = contexts[a];
      inverse(context.block).solve(context.x, solved_);
      width(a) = std::sqrt(std::max(0.0, context.x.dot(solved_)));
    }
  }

  void update(const Outcome& outcome) override {
    for (const Observation& seen : outcome.arrived) {
      inverse(seen.x.block).add(seen.x.x);
      b_.col(seen.x.block) += seen.reward * seen.x.x;
      inverse(seen.x.block).solve(b_.col(seen.x.block), theta_.col(seen.x.block));
      ++t_;
    }
  }

  ConfidenceState confidence_state() const override {
    return {.t = t_, .log_det = log_det(), .lambda = lambda_};
  }

  Diagnostics diagnostics() const override {
    return {.drift = theta_.norm(),
            .log_det = log_det(),
            .effective_dim = effective_dimension(log_det(), t_, arms_, lambda_)};
  }

 private:
  SymmetricInverse& inverse(Index block) { return inverses_[static_cast<std::size_t>(block)]; }

  double log_det() const {
    double sum = 0.0;
    for (const SymmetricInverse& inverse : inverses_) sum += inverse.log_det();
    return sum;
  }

  Index arms_;
  double lambda_;
  std::vector<SymmetricInverse> inverses_;  ///< A^{-1} of each block, d x d
  Matrix b_, theta_;                        ///< d x blocks
  Vector solved_;
  Index t_ = 0;
};

}  // namespace

std::unique_ptr<RewardModel> make_linear_model(const ContextShape& shape, double lambda) {
  return std::make_unique<LinearModel>(shape, lambda);
}

RunCost linear_cost(const ContextShape& shape) {
  const auto d = static_cast<double>(shape.dim);
  const auto arms = static_cast<double>(shape.arms), blocks = static_cast<double>(shape.blocks);
  // A width is a product with A^{-1}; a reward adds to A and A^{-1} and takes two more products.
  const double operations = 2.0 * d * d * (arms + 3.0);
  return {.bytes = 8.0 * blocks * (d * d + 4.0 * d),
          .round = [operations](Index) { return RoundCost{.operations = operations}; },
          .remedy = "contexts of fewer coordinates (each block keeps d x d numbers)"};
}

}  // namespace cbsim
