#include "cbsim/core/blocking.hpp"

#include <Eigen/Core>

namespace cbsim {

void fix_product_blocking() { Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20); }

}  // namespace cbsim
