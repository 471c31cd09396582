#include "cbsim/model/linear_model.hpp"

#include "design.hpp"

namespace cbsim {

Settings LinearSettings::settings() {
  return {
      real("lambda", &lambda, above(0), {"ridge penalty", "λ"}),
      boolean("disjoint", &disjoint,
              {"a parameter vector for each arm instead of one for all; on disjoint contexts, "
               "where each arm has coordinates of its own, both are the same",
               "", "Li, Chu, Langford, Schapire 2010, Algorithm 1"}),
  };
}

namespace {

class LinearModel final : public RewardModel {
 public:
  LinearModel(const LinearSettings& settings, const ContextShape& shape)
      : design_(settings, shape),
        b_(Matrix::Zero(shape.dim, design_.blocks())),
        theta_(b_),
        drawn_(b_) {}

  void predict(const Contexts& contexts, Vector& mean) override {
    multiply(theta_, contexts, mean);
  }

  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    predict(contexts, mean);
    design_.widths(contexts, width);
  }

  // With z ~ N(0, I) and A = L L^T, theta + scale L^{-T} z: d^2 operations, no other matrix.
  void sample(const Contexts& contexts, double scale, Stream& stream, Vector& mean,
              Vector& draw) override {
    predict(contexts, mean);
    fill_normal(stream, drawn_);
    for (Index i = 0; i < design_.blocks(); ++i) {
      design_.factor(i).transposed_half_solve(drawn_.col(i));
    }
    drawn_ = theta_ + scale * drawn_;
    multiply(drawn_, contexts, draw);
  }

  void update(const Outcome& outcome) override {
    for (const Observation& seen : outcome.arrived) {
      const Index i = design_.block(seen.arm);
      design_.add(seen);
      b_.col(i) += seen.reward * seen.x.x;
      theta_.col(i) = b_.col(i);
      design_.factor(i).solve(theta_.col(i));
    }
  }

  ConfidenceState confidence_state() const override { return design_.confidence_state(); }

  Diagnostics diagnostics() const override {
    Diagnostics diagnostics = design_.diagnostics();
    diagnostics.drift = theta_.norm();
    return diagnostics;
  }

  void state(StateArchive& archive) override {
    design_.state(archive);
    archive.numbers(b_);
    archive.numbers(theta_);
  }

 private:
  void multiply(const Matrix& theta, const Contexts& contexts, Vector& out) const {
    out.resize(contexts.arms());
    for (Index a = 0; a < contexts.arms(); ++a) {
      out(a) = theta.col(design_.block(a)).dot(contexts[a].x);
    }
  }

  Design design_;
  Matrix b_, theta_, drawn_;  ///< d x blocks
};

}  // namespace

std::unique_ptr<RewardModel> make_linear_model(const LinearSettings& settings,
                                               const ContextShape& shape) {
  return std::make_unique<LinearModel>(settings, shape);
}

RunCost linear_cost(const LinearSettings& settings, const ContextShape& shape) {
  const auto d = static_cast<double>(shape.dim);
  const auto arms = static_cast<double>(shape.arms);
  const auto blocks = static_cast<double>(settings.blocks(shape));
  // A triangular solve a width; an update of the factor takes three times that, theta two.
  const double operations = d * d * (arms + 5.0);
  return {.bytes = 8.0 * blocks * (d * d + 4.0 * d),
          .round = [operations](Index) { return RoundCost{.operations = operations}; },
          .remedy = "contexts of fewer coordinates (each block keeps d x d numbers)"};
}

}  // namespace cbsim
