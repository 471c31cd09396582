#include "cbsim/confidence/confidence.hpp"

namespace cbsim {

std::unique_ptr<Confidence> make_confidence(ConfidenceKind kind, const Network& network,
                                            const ConfidenceSetup& setup) {
  const ParameterLayout& layout = network.layout();
  switch (kind) {
    case ConfidenceKind::full:
      return make_full_confidence(layout, setup);
    case ConfidenceKind::diagonal:
      return make_diagonal_confidence(layout, setup);
    case ConfidenceKind::last_layer:
      break;
  }
  return make_last_layer_confidence(layout, network.weight_index(network.shape().depth), setup);
}

}  // namespace cbsim
