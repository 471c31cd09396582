#include "memory_reserve.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>

namespace cbsim::app {
namespace {

constexpr std::size_t kReserve = std::size_t{1} << 18;

std::atomic<void*> reserve{nullptr};

/// Called where memory is wanted and there is none. To return is to have it tried again.
void release_reserve() {
  void* const block = reserve.exchange(nullptr);
  std::free(block);
  if (block == nullptr || std::uncaught_exceptions() == 0) throw std::bad_alloc();
}

}  // namespace

void keep_memory_in_reserve() {
  reserve = std::malloc(kReserve);
  std::set_new_handler(release_reserve);
}

}  // namespace cbsim::app
