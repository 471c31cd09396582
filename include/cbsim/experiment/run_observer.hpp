#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "cbsim/experiment/run_plan.hpp"

namespace cbsim {

/// Where an experiment stands.
struct Progress {
  std::size_t finished = 0;  ///< runs done, failed or reused
  std::size_t total = 0;
  const Run* run = nullptr;  ///< one of those that are running, or nullptr
  Index round = 0;           ///< of `run`
  std::optional<double> cum_regret;
  double cum_reward = 0.0;
  double rounds = 0.0;                 ///< finished in this session, over all runs
  double seconds = 0.0;                ///< since the session started
  std::optional<double> seconds_left;  ///< a forecast, once there is ground for one
};

/// Is told what happens in an experiment; every call comes from the thread that called
/// `run_experiment`.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// Before the first run: rows of the plan, and how many of them were finished before.
  virtual void planned(std::size_t /*total*/, std::size_t /*reused*/) {}
  virtual void started(const Run& /*run*/) {}
  virtual void finished(const Run& /*run*/, double /*seconds*/) {}
  virtual void warned(const std::string& /*message*/) {}
  virtual void failed(const std::string& /*message*/) {}
  /// Several times a second.
  virtual void progress(const Progress& /*progress*/) {}
};

}  // namespace cbsim
