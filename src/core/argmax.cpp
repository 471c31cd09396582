#include "cbsim/core/argmax.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "cbsim/core/error.hpp"

namespace cbsim {

Index argmax(const ConstVectorRef& scores) {
  if (scores.size() == 0) throw std::invalid_argument("argmax of no scores");
  Index best = 0;
  for (Index a = 0; a < scores.size(); ++a) {
    if (!std::isfinite(scores(a))) {
      throw RunError("the score of arm " + std::to_string(a) + " is not finite");
    }
    if (scores(a) > scores(best)) best = a;
  }
  return best;
}

}  // namespace cbsim
