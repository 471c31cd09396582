#include <optional>

#include "cbsim/confidence/changeover.hpp"
#include "cbsim/confidence/confidence.hpp"
#include "dual.hpp"
#include "primal.hpp"

namespace cbsim {
namespace {

/// Z in full: dual until `primal_from` gradients are in, then primal.
class FullConfidence final : public Confidence {
 public:
  FullConfidence(const ParameterLayout& layout, const ConfidenceSetup& setup,
                 std::optional<Index> primal_from)
      : layout_(layout), setup_(setup), primal_from_(primal_from) {
    if (primal_from_ == 0) {
      primal_.emplace(layout_, setup_);
    } else {
      dual_.emplace(layout_, setup_);
    }
  }

  void squared_widths(const GradientFactors& gradients, Vector& out) override {
    form().squared_widths(gradients, out);
  }

  void add(const GradientFactors& gradients, Index column) override {
    form().add(gradients, column);
    if (++added_ == primal_from_) change_over();
  }

  double log_det() const override { return dual_ ? dual_->log_det() : primal_->log_det(); }

  void state(StateArchive& archive) override {
    archive.count(added_);
    if (archive.restoring() && dual_ && primal_from_ && added_ >= *primal_from_) {
      dual_.reset();
      primal_.emplace(layout_, setup_);
    }
    form().state(archive);
  }

 private:
  Confidence& form() {
    if (dual_) return *dual_;
    return *primal_;
  }

  void change_over() {
    const double log_det = dual_->log_det();
    const FactorHistory added = std::move(*dual_).take_gradients();
    dual_.reset();  // before Z takes its memory
    primal_.emplace(layout_, setup_, added, log_det);
  }

  const ParameterLayout& layout_;
  ConfidenceSetup setup_;
  std::optional<Index> primal_from_;
  std::optional<DualConfidence> dual_;  ///< one of the two
  std::optional<PrimalConfidence> primal_;
  Index added_ = 0;
};

}  // namespace

std::unique_ptr<Confidence> make_full_confidence(const ParameterLayout& layout,
                                                 const ConfidenceSetup& setup) {
  return make_full_confidence(layout, setup,
                              cheapest_changeover(form_costs(layout, setup.arms), setup.horizon));
}

std::unique_ptr<Confidence> make_full_confidence(const ParameterLayout& layout,
                                                 const ConfidenceSetup& setup,
                                                 std::optional<Index> primal_from) {
  return std::make_unique<FullConfidence>(layout, setup, primal_from);
}

}  // namespace cbsim
