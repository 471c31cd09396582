#pragma once

#include <chrono>

#include "cbsim/environment/environment.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim {

/// Adds the time of its own life to `seconds`.
class Stopwatch {
 public:
  explicit Stopwatch(double& seconds) : seconds_(seconds) {}
  ~Stopwatch() { seconds_ += std::chrono::duration<double>(Clock::now() - start_).count(); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double& seconds_;
  Clock::time_point start_ = Clock::now();
};

/// An environment that is timed from outside, since the core reads no clock.
class TimedEnvironment final : public Environment {
 public:
  TimedEnvironment(Environment& inner, double& seconds) : inner_(inner), seconds_(seconds) {}

  void deal(Index t, Round& round) override {
    const Stopwatch watch(seconds_);
    inner_.deal(t, round);
  }

 private:
  Environment& inner_;
  double& seconds_;
};

/// The same for a policy.
class TimedPolicy final : public Policy {
 public:
  TimedPolicy(Policy& inner, double& choose_seconds, double& update_seconds)
      : inner_(inner), choose_seconds_(choose_seconds), update_seconds_(update_seconds) {}

  Index choose(Index t, const Contexts& contexts) override {
    const Stopwatch watch(choose_seconds_);
    return inner_.choose(t, contexts);
  }
  void update(const Outcome& outcome) override {
    const Stopwatch watch(update_seconds_);
    inner_.update(outcome);
  }
  bool clairvoyant() const override { return inner_.clairvoyant(); }
  void reveal(const Vector& expected) override { inner_.reveal(expected); }
  const Scores& scores() const override { return inner_.scores(); }
  Diagnostics diagnostics() const override { return inner_.diagnostics(); }
  Vector weights(bool initial) const override { return inner_.weights(initial); }

 private:
  Policy& inner_;
  double& choose_seconds_;
  double& update_seconds_;
};

}  // namespace cbsim
