#include <algorithm>
#include <utility>

#include "cbsim/confidence/confidence.hpp"

namespace cbsim {
namespace {

/// Hands the factors of the matrices from `first` on to a full Z over them alone.
class LastLayerConfidence final : public Confidence {
 public:
  LastLayerConfidence(const ParameterLayout& layout, std::size_t first,
                      const ConfidenceSetup& setup)
      : first_(first), layout_(part_of(layout, first)), z_(make_full_confidence(layout_, setup)) {}

  void squared_widths(const GradientFactors& gradients, Vector& out) override {
    z_->squared_widths(part(gradients), out);
  }
  void add(const GradientFactors& gradients, Index column) override {
    z_->add(part(gradients), column);
  }
  double log_det() const override { return z_->log_det(); }
  void state(StateArchive& archive) override { z_->state(archive); }

 private:
  static ParameterLayout part_of(const ParameterLayout& layout, std::size_t first) {
    ParameterLayout part;
    for (std::size_t k = first; k < layout.matrices.size(); ++k) {
      const ParameterMatrix& matrix = layout.matrices[k];
      part.append(matrix.rows, matrix.cols, matrix.blocks, matrix.copies);
    }
    return part;
  }

  const GradientFactors& part(const GradientFactors& gradients) {
    part_.resize(layout_, gradients.count());
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      part_.left[k] = gradients.left[first_ + k];
      part_.right[k] = gradients.right[first_ + k];
    }
    part_.block = gradients.block;
    return part_;
  }

  std::size_t first_;
  ParameterLayout layout_;  ///< of the part
  std::unique_ptr<Confidence> z_;
  GradientFactors part_;
};

}  // namespace

std::unique_ptr<Confidence> make_last_layer_confidence(const ParameterLayout& layout,
                                                       std::size_t first,
                                                       const ConfidenceSetup& setup) {
  return std::make_unique<LastLayerConfidence>(layout, first, setup);
}

}  // namespace cbsim
