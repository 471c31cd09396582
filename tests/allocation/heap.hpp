#pragma once

#include <atomic>

/// What this program has of malloc, which is what Eigen and operator new call in the end.
struct Heap {
  std::atomic<long> allocations{0};  ///< calls
  std::atomic<long> refused{0};  ///< the call of malloc, from the next one on, that gets nothing
  std::atomic<long> bytes{0};    ///< held
  std::atomic<long> most{0};     ///< held at a time since it was last set
};
extern Heap heap;
