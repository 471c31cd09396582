#include "cbsim/confidence/confidence.hpp"

namespace cbsim {

std::unique_ptr<Confidence> make_confidence(ConfidenceKind kind, const ParameterLayout& layout,
                                            const ConfidenceSetup& setup) {
  return kind == ConfidenceKind::full ? make_full_confidence(layout, setup)
                                      : make_diagonal_confidence(layout, setup);
}

}  // namespace cbsim
