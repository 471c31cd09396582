#pragma once

#include <atomic>

namespace cbsim::app {

/// From here on the first SIGINT or SIGTERM is kept in `stop_signal` and the second ends the
/// process at once.
void catch_stop_signals();

/// The signal that asked to stop, or 0.
const std::atomic<int>& stop_signal();

}  // namespace cbsim::app
