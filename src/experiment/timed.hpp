#pragma once

#include <chrono>
#include <ctime>
#include <memory>
#include <utility>

#include "cbsim/environment/wrapper.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim {

/// Processor time of the calling thread.
struct ThreadCpuClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ThreadCpuClock>;
  static constexpr bool is_steady = true;

  static time_point now() {
    std::timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
  }
};

inline double thread_cpu_seconds() {
  return std::chrono::duration<double>(ThreadCpuClock::now().time_since_epoch()).count();
}

/// Adds the time of its own life to `seconds`.
template <class Clock>
class StopwatchBy {
 public:
  explicit StopwatchBy(double& seconds) : seconds_(seconds) {}
  ~StopwatchBy() { seconds_ += std::chrono::duration<double>(Clock::now() - start_).count(); }
  StopwatchBy(const StopwatchBy&) = delete;
  StopwatchBy& operator=(const StopwatchBy&) = delete;

 private:
  double& seconds_;
  typename Clock::time_point start_ = Clock::now();
};

using Stopwatch = StopwatchBy<std::chrono::steady_clock>;

/// An environment that is timed from outside, since the core reads no clock.
class TimedEnvironment final : public WrappedEnvironment {
 public:
  TimedEnvironment(std::unique_ptr<Environment> inner, double& seconds)
      : WrappedEnvironment(std::move(inner)), seconds_(seconds) {}

  void deal(Index t, Round& round) override {
    const Stopwatch watch(seconds_);
    inner_->deal(t, round);
  }

 private:
  double& seconds_;
};

/// The same for a policy.
template <class Clock>
class TimedPolicyBy final : public Policy {
 public:
  TimedPolicyBy(Policy& inner, double& choose_seconds, double& update_seconds)
      : inner_(inner), choose_seconds_(choose_seconds), update_seconds_(update_seconds) {}

  Index choose(Index t, const Contexts& contexts) override {
    const StopwatchBy<Clock> watch(choose_seconds_);
    return inner_.choose(t, contexts);
  }
  void update(const Outcome& outcome) override {
    const StopwatchBy<Clock> watch(update_seconds_);
    inner_.update(outcome);
  }
  bool clairvoyant() const override { return inner_.clairvoyant(); }
  void reveal(const Vector& expected) override { inner_.reveal(expected); }
  const Scores& scores() const override { return inner_.scores(); }
  Diagnostics diagnostics() const override { return inner_.diagnostics(); }
  Vector weights(bool initial) const override { return inner_.weights(initial); }
  void state(StateArchive& archive) override { inner_.state(archive); }

 private:
  Policy& inner_;
  double& choose_seconds_;
  double& update_seconds_;
};

using TimedPolicy = TimedPolicyBy<std::chrono::steady_clock>;

}  // namespace cbsim
