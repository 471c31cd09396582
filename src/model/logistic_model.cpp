#include "cbsim/model/logistic_model.hpp"

#include <cmath>
#include <vector>

#include "cbsim/core/history.hpp"
#include "cbsim/core/make_each.hpp"
#include "design.hpp"
#include "logistic_regression.hpp"

namespace cbsim {
namespace {

class LogisticModel final : public RewardModel {
 public:
  LogisticModel(const LinearSettings& settings, const ContextShape& shape)
      : design_(settings, shape),
        history_(shape.dim, design_.blocks()),
        regressions_(make_each<LogisticRegression>(design_.blocks(), shape.dim, settings.lambda)) {}

  void predict(const Contexts& contexts, Vector& mean) override {
    mean.resize(contexts.arms());
    for (Index a = 0; a < contexts.arms(); ++a) {
      mean(a) = regressions_[place(design_.block(a))].predict(contexts[a].x);
    }
  }

  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    predict(contexts, mean);
    design_.widths(contexts, width);
  }

  void update(const Outcome& outcome) override {
    for (const Observation& seen : outcome.arrived) {
      design_.add(seen);
      history_.add({design_.block(seen.arm), seen.x.x.data(), seen.x.x.size()}, seen.reward);
    }
    for (Index i = 0; i < design_.blocks(); ++i) {
      LogisticRegression& regression = regressions_[place(i)];
      if (history_.size(i) > regression.size()) {
        regression.fit(history_.contexts(i), history_.rewards(i));
      }
    }
  }

  ConfidenceState confidence_state() const override { return design_.confidence_state(); }

  Diagnostics diagnostics() const override {
    Diagnostics diagnostics = design_.diagnostics();
    double sum = 0.0;
    for (const LogisticRegression& regression : regressions_) {
      sum += regression.theta().squaredNorm();
    }
    diagnostics.drift = std::sqrt(sum);
    return diagnostics;
  }

  void state(StateArchive& archive) override {
    design_.state(archive);
    history_.state(archive);
    for (Index i = 0; i < design_.blocks(); ++i) {
      regressions_[place(i)].state(archive, history_.size(i));
    }
  }

 private:
  static std::size_t place(Index block) { return static_cast<std::size_t>(block); }

  Design design_;  ///< V
  History history_;
  std::vector<LogisticRegression> regressions_;  ///< of each block
};

}  // namespace

std::unique_ptr<RewardModel> make_logistic_model(const LinearSettings& settings,
                                                 const ContextShape& shape) {
  return std::make_unique<LogisticModel>(settings, shape);
}

RunCost logistic_cost(const LinearSettings& settings, const ContextShape& shape, Index horizon) {
  constexpr double kSteps = 4.0;  // of Newton's method, a round
  const auto d = static_cast<double>(shape.dim), t = static_cast<double>(horizon);
  const auto arms = static_cast<double>(shape.arms);
  const auto blocks = static_cast<double>(settings.blocks(shape));
  return {.bytes = 8.0 * (blocks * (2.0 * d * d + 6.0 * d) + kGrowth * (d + 3.0) * t),
          .round =
              [=](Index round) {
                const double seen = static_cast<double>(round) / blocks;
                return RoundCost{.operations = d * d * (arms + 6.0) +
                                               kSteps * (4.0 * d * seen + 2.0 * d * d)};
              },
          .remedy = "contexts of fewer coordinates (each block keeps 2 d x d numbers)"};
}

}  // namespace cbsim
