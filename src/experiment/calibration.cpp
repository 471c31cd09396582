#include "cbsim/experiment/calibration.hpp"

#include "cbsim/core/error.hpp"
#include "cbsim/simulate.hpp"
#include "timed.hpp"

namespace cbsim {
namespace {

constexpr double kSampleSeconds = 1e-3;
/// Where no refit has been seen.
constexpr double kUsualSecondsPerOperation = 2e-10;

/// One of the two kinds of work of a run.
class Work {
 public:
  void add(double units, double operations, double seconds) {
    open_.units += units;
    open_.operations += operations;
    open_.seconds += seconds;
    seconds_ += seconds;
    if (open_.seconds < kSampleSeconds) return;
    samples_.push_back(open_);
    open_ = {};
  }

  /// With that much left to do.
  double forecast(double units, double operations) const {
    std::vector<Sample> samples = samples_;
    if (samples.empty()) samples.push_back(open_);
    Rates rates = fit_rates(samples);
    if (seconds_ == 0.0) rates = {.per_unit = 0.0, .per_operation = kUsualSecondsPerOperation};
    return seconds_ + rates.seconds(units, operations);
  }

 private:
  std::vector<Sample> samples_;
  Sample open_;
  double seconds_ = 0.0;
};

}  // namespace

Rates fit_rates(const std::vector<Sample>& samples) {
  double uu = 0.0, uo = 0.0, oo = 0.0, us = 0.0, os = 0.0;
  for (const Sample& sample : samples) {
    uu += sample.units * sample.units;
    uo += sample.units * sample.operations;
    oo += sample.operations * sample.operations;
    us += sample.units * sample.seconds;
    os += sample.operations * sample.seconds;
  }
  const double determinant = uu * oo - uo * uo;
  if (determinant > 1e-9 * uu * oo) {
    const Rates both{(oo * us - uo * os) / determinant, (uu * os - uo * us) / determinant};
    if (both.per_unit >= 0.0 && both.per_operation >= 0.0) return both;
  }
  // One of them alone: the one that leaves the smaller residual.
  const double by_units = uu > 0.0 ? us * us / uu : 0.0;
  const double by_operations = oo > 0.0 ? os * os / oo : 0.0;
  if (oo == 0.0 || by_units > by_operations) return {uu > 0.0 ? us / uu : 0.0, 0.0};
  return {0.0, os / oo};
}

Calibration calibrate(const Cell& cell, Seed seed, int threads, const RunCost& cost,
                      const RoundCost& total, double budget, const std::atomic<int>& stop) {
  const double start = thread_cpu_seconds();
  double setup = 0.0;
  Work rounds, refits;
  RoundCost done;
  Index t = 0;
  bool complete = false;
  try {
    const auto environment = cell.environment->create(seed);
    const auto policy = cell.policy->create({.shape = cell.environment->facts().shape,
                                             .horizon = cell.horizon,
                                             .seed = seed,
                                             .threads = threads});
    double choosing = 0.0, updating = 0.0, update_before = 0.0;
    TimedPolicyBy<ThreadCpuClock> timed(*policy, choosing, updating);
    double last = thread_cpu_seconds();
    setup = last - start;
    complete = simulate(*environment, timed, cell.horizon, [&](const RoundRecord& round) {
      const double now = thread_cpu_seconds();
      const bool go_on = now - start < budget && stop == 0;
      if (!round.accepted) return go_on;  // its time is that of the next round
      const RoundCost here = cost.round(round.t);
      const double refit = here.refit_operations > 0.0 ? updating - update_before : 0.0;
      if (here.refit_operations > 0.0) refits.add(0.0, here.refit_work(), refit);
      rounds.add(1.0, here.operations, now - last - refit);
      done += here;
      t = round.t;
      update_before = updating;
      last = now;
      return go_on;
    });
  } catch (const RunError& error) {
    return {.failure = error.what()};
  }
  if (complete) return {.seconds = setup + rounds.forecast(0.0, 0.0) + refits.forecast(0.0, 0.0)};
  return {.seconds = setup +
                     rounds.forecast(static_cast<double>(cell.horizon - t),
                                     total.operations - done.operations) +
                     refits.forecast(0.0, total.refit_work() - done.refit_work())};
}

}  // namespace cbsim
