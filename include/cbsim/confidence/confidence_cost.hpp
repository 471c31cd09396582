#pragma once

#include "cbsim/confidence/confidence.hpp"

namespace cbsim {

struct ConfidenceCost {
  double operations = 0.0;  ///< of round t: the widths of all arms, and one gradient added
  double bytes = 0.0;       ///< the most until then
};

/// What the Z of `make_confidence` costs in round t.
ConfidenceCost confidence_cost(ConfidenceKind kind, const Network& network,
                               const ConfidenceSetup& setup, Index t);

}  // namespace cbsim
