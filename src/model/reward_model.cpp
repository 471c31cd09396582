#include "cbsim/model/reward_model.hpp"

#include <cmath>
#include <stdexcept>

namespace cbsim {

double effective_dimension(double log_det, Index t, Index arms, double lambda) {
  if (t == 0) return 0.0;
  return log_det / std::log1p(static_cast<double>(t) * static_cast<double>(arms) / lambda);
}

void RewardModel::predict_with_width(const Contexts& /*contexts*/, Vector& /*mean*/,
                                     Vector& /*width*/) {
  throw std::logic_error("this model has no widths");
}

void RewardModel::sample(const Contexts& contexts, double scale, Stream& stream, Vector& mean,
                         Vector& draw) {
  predict_with_width(contexts, mean, draw);
  for (Index a = 0; a < mean.size(); ++a) draw(a) = mean(a) + scale * draw(a) * stream.normal();
}

}  // namespace cbsim
