#pragma once

namespace cbsim {

/// Fixes the cache sizes by which Eigen blocks its products (32 KiB, 512 KiB, 4 MiB). It would read
/// them from the processor at run time, so that one build would round differently on two machines.
/// Call once, before any thread is started.
void fix_product_blocking();

}  // namespace cbsim
