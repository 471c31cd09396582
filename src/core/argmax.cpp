#include "cbsim/core/argmax.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "cbsim/core/error.hpp"

namespace cbsim {

Index argmax(const ConstVectorRef& values) {
  if (values.size() == 0) throw std::invalid_argument("argmax of no scores");
  Index best = 0;
  for (Index a = 0; a < values.size(); ++a) {
    if (!std::isfinite(values(a))) {
      throw RunError("the score of arm " + std::to_string(a) + " is not finite");
    }
    if (values(a) > values(best)) best = a;
  }
  return best;
}

Index argmax_but_for_rounding(const ConstVectorRef& scores) {
  const double largest = scores(argmax(scores));
  const double tied = largest - kTie * scores.lpNorm<Eigen::Infinity>();
  Index a = 0;
  while (scores(a) < tied) ++a;
  return a;
}

}  // namespace cbsim
