#pragma once

#include <chrono>
#include <string>

#include "cbsim/experiment/run_observer.hpp"
#include "cbsim/experiment/runner.hpp"
#include "terminal.hpp"

namespace cbsim::app {

/// Tells the user on standard error how an experiment goes.
class RunReporter final : public RunObserver {
 public:
  RunReporter(const Experiment& experiment, Terminal& terminal)
      : experiment_(experiment), terminal_(terminal) {}

  void planned(std::size_t total, std::size_t reused) override;
  void started(const Run& run) override;
  void finished(const Run& run, double seconds) override;
  void warned(const std::string& message) override { terminal_.warning(message); }
  void failed(const std::string& message) override { terminal_.error(message); }
  void progress(const Progress& progress) override;

 private:
  using Clock = std::chrono::steady_clock;

  std::string line(const Progress& progress) const;
  void update_rate(const Progress& progress);

  const Experiment& experiment_;
  Terminal& terminal_;
  double rate_ = 0.0;  ///< rounds a second, over the last seconds
  double rate_seconds_ = 0.0;
  double rate_rounds_ = 0.0;
  double next_redraw_ = 0.0;  ///< seconds since the start
  double next_plain_line_ = 10.0;
  double plain_interval_ = 10.0;
};

/// The final figures of each policy, mean ± standard error over seeds, where the files are and how
/// to plot them.
void print_report(const Experiment& experiment, const ExperimentReport& report,
                  const RunOptions& options, Terminal& terminal);

}  // namespace cbsim::app
