#include "cbsim/experiment/memory_reserve.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>

namespace cbsim {
namespace {

constexpr std::size_t kReserve = std::size_t{1} << 18;

std::atomic<bool> kept{false};
std::atomic<void*> reserve{nullptr};
thread_local int uses = 0;

void fill() {
  void* block = std::malloc(kReserve);
  void* none = nullptr;
  if (!reserve.compare_exchange_strong(none, block)) std::free(block);
}

/// Called where memory is wanted and there is none. To return is to have it tried again.
void on_no_memory() {
  if (uses == 0 && std::uncaught_exceptions() == 0) throw std::bad_alloc();
  void* const block = reserve.exchange(nullptr);
  if (block == nullptr) throw std::bad_alloc();
  std::free(block);
}

}  // namespace

void keep_memory_in_reserve() {
  kept = true;
  fill();
  std::set_new_handler(on_no_memory);
}

ReserveUse::ReserveUse() { ++uses; }

ReserveUse::~ReserveUse() {
  --uses;
  if (kept && reserve == nullptr) fill();
}

}  // namespace cbsim
