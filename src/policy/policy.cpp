#include "cbsim/policy/policy.hpp"

namespace cbsim {

const Scores& Policy::scores() const {
  static const Scores none;
  return none;
}

}  // namespace cbsim
