#include "thread_team.hpp"

#include <system_error>

namespace cbsim {
namespace {

constexpr int kSpins = 1 << 11;  ///< some tens of microseconds

/// Waits until `changed()`, spinning at first, then by `sleep()`.
template <class Changed, class Sleep>
void await(const Changed& changed, const Sleep& sleep) {
  for (int spin = 0; !changed(); ++spin) {
    if (spin < kSpins) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    } else {
      sleep();
    }
  }
}

}  // namespace

ThreadTeam::ThreadTeam(int threads) {
  try {
    for (int member = 1; member < threads; ++member) {
      threads_.emplace_back([this, member] { serve(member); });
    }
  } catch (const std::system_error&) {
    // No more threads are to be had; fewer do the same work.
  }
}

ThreadTeam::~ThreadTeam() {
  stopping_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadTeam::share_out(Index count) {
  count_ = count;
  next_ = 0;
  busy_ = static_cast<int>(threads_.size());
  ++round_;
  round_.notify_all();
  work(0);
  await([this] { return busy_ == 0; },
        [this] {
          if (const int busy = busy_; busy != 0) busy_.wait(busy);
        });
}

void ThreadTeam::serve(int member) {
  for (unsigned seen = 0;;) {
    await([&] { return round_ != seen; }, [&] { round_.wait(seen); });
    ++seen;
    if (stopping_) return;
    work(member);
    if (--busy_ == 0) busy_.notify_one();
  }
}

void ThreadTeam::work(int member) {
  for (Index i = next_++; i < count_; i = next_++) call_(task_, i, member);
}

}  // namespace cbsim
