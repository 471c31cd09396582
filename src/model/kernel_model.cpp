#include "cbsim/model/kernel_model.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel_regression.hpp"

namespace cbsim {

Settings KernelSettings::settings() {
  return {
      real("lambda", &lambda, above(0), {"ridge penalty", "λ"}),
      choice("kernel", &kind, {"rbf", "laplace", "linear"},
             {"k(x, x'): rbf, exp(−‖x − x'‖²/(2h²)); laplace, exp(−‖x − x'‖/h); or linear, xᵀx'",
              "k"}),
      real("bandwidth", &bandwidth, above(0), {"length scale of rbf and laplace", "h"}),
      one_of("max_contexts", &cap, {IntegerSlot{&max_contexts, between(1, 1e9)}, WordSlot{"none"}},
             {"the model learns from the first so many rewards only; none: from all, at t²/2 "
              "numbers and t²K operations in round t",
              "", "1000 in Zhou, Li, Gu 2020, section 7"}),
  };
}

Index KernelSettings::capacity(Index horizon) const {
  return cap == Cap::none ? horizon : std::min<Index>(horizon, max_contexts);
}

namespace {

/// The kernels that are functions of the contexts' coordinates.
class ContextKernel final : public Kernel {
 public:
  ContextKernel(const KernelSettings& settings, const ContextShape& shape, Index capacity)
      : kind_(settings.kind),
        bandwidth_(settings.bandwidth),
        disjoint_(shape.blocks > 1),
        x_(shape.dim, capacity),
        norms_(capacity) {}

  void evaluate(std::span<const ContextView> contexts, Matrix& with_stored,
                Vector& with_itself) override {
    const auto n = static_cast<Index>(contexts.size());
    with_stored.resize(n, size());
    with_itself.resize(n);
    for (Index i = 0; i < n; ++i) {
      const ContextView& context = contexts[static_cast<std::size_t>(i)];
      const double norm = context.x.squaredNorm();
      // The arms of disjoint contexts share one vector.
      if (i == 0 || context.x.data() != contexts[static_cast<std::size_t>(i - 1)].x.data()) {
        compare(context.x);
      }
      values_ = within_;
      for (Index j = 0; disjoint_ && j < size(); ++j) {
        if (blocks_[static_cast<std::size_t>(j)] == context.block) continue;
        values_(j) = kind_ == KernelSettings::Kind::linear ? 0.0 : norm + norms_(j);
      }
      shape(values_);
      with_stored.row(i) = values_.transpose();
      with_itself(i) = kind_ == KernelSettings::Kind::linear ? norm : 1.0;
    }
  }

  void store(const ContextView& context, Index /*i*/) override {
    x_.col(size()) = context.x;
    norms_(size()) = context.x.squaredNorm();
    blocks_.push_back(context.block);
  }

  void state(StateArchive& archive) override {
    archive.growing(
        "contexts", size(),
        [&](Index i, std::vector<double>& item) {
          item.assign(x_.col(i).begin(), x_.col(i).end());
          item.push_back(static_cast<double>(blocks_[static_cast<std::size_t>(i)]));
        },
        [&](std::span<const double> item) {
          StateArchive::demand(std::ssize(item) == x_.rows() + 1 && size() < norms_.size());
          StateArchive::demand(item.back() >= 0.0 && item.back() < 0x1p53);
          store({static_cast<Index>(item.back()), item.data(), x_.rows()}, 0);
        });
    archive.numbers(norms_);
  }

  Index size() const override { return static_cast<Index>(blocks_.size()); }

 private:
  /// within_ = x^T x' or |x - x'|^2 for each stored x', as if all were of one block. The distance
  /// comes from differences: |x|^2 + |x'|^2 - 2 x^T x' is rounding for contexts that are close.
  void compare(const ConstVectorRef& x) {
    const auto stored = x_.leftCols(size());
    if (kind_ == KernelSettings::Kind::linear) {
      within_.noalias() = stored.transpose() * x;
    } else {
      within_ = (stored.colwise() - x).colwise().squaredNorm().transpose();
    }
  }

  /// k from such values, in place.
  void shape(Vector& values) const {
    if (kind_ == KernelSettings::Kind::rbf) {
      values = (values.array() / (-2.0 * bandwidth_ * bandwidth_)).exp();
    } else if (kind_ == KernelSettings::Kind::laplace) {
      values = (values.array().sqrt() / -bandwidth_).exp();
    }
  }

  KernelSettings::Kind kind_;
  double bandwidth_;
  bool disjoint_;
  Matrix x_;                   ///< dim x capacity
  Vector norms_;               ///< |x|^2 of each
  std::vector<Index> blocks_;  ///< of each
  Vector within_, values_;     ///< t
};

}  // namespace

std::unique_ptr<RewardModel> make_kernel_model(const KernelSettings& settings,
                                               const PolicySetup& setup) {
  const Index capacity = settings.capacity(setup.horizon);
  return std::make_unique<KernelRegression>(
      std::make_unique<ContextKernel>(settings, setup.shape, capacity), setup.shape.arms,
      settings.lambda, capacity);
}

RunCost kernel_cost(const KernelSettings& settings, const EnvironmentFacts& facts, Index horizon) {
  RunCost cost = kernel_regression_cost(facts.shape.arms, static_cast<double>(facts.shape.dim + 2),
                                        settings.capacity(horizon));
  cost.remedy = "a smaller max_contexts";
  return cost;
}

}  // namespace cbsim
