// The one file with Boost.Math, which is slow to compile.

#include <boost/math/distributions/students_t.hpp>

#include "cbsim/experiment/statistics.hpp"

namespace cbsim {

double student_t_quantile(double probability, double degrees) {
  namespace math = boost::math;
  using DoubleOnly = math::policies::policy<math::policies::promote_double<false>>;
  return math::quantile(math::students_t_distribution<double, DoubleOnly>(degrees), probability);
}

}  // namespace cbsim
