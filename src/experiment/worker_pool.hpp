#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cbsim/experiment/execute_run.hpp"

namespace cbsim {

/// What a worker is doing, readable while it does it.
struct Worker {
  std::atomic<const Run*> run{nullptr};
  std::atomic<Index> round{0};
  std::atomic<bool> regret_known{false};
  std::atomic<double> cum_regret{0.0};
  std::atomic<double> cum_reward{0.0};
  std::atomic<std::chrono::steady_clock::time_point> start{};
};

struct Event {
  enum class Kind { started, finished, stopped, failed } kind;
  const Run* run;
  double seconds = 0.0;
  RunEnd end{};
  std::exception_ptr error = nullptr;  ///< of a failed run
};

/// Threads that take runs from a list, in its order, one at a time each. Events come out in the
/// order in which they happened.
class WorkerPool {
 public:
  /// Computes a run, which the sink that it is given may stop.
  using Work = std::function<RunEnd(const Run&, const RoundSink&)>;

  /// After a run that throws no other is started, unless `keep_going`; after an IoError in any
  /// case.
  ///
  /// Where the system refuses threads, those that there are do the work; throws RunError where it
  /// refuses the first.
  WorkerPool(std::vector<const Run*> runs, int threads, bool keep_going, Work work,
             const std::atomic<int>& stop);
  /// Lets the running runs stop after their round, and waits for them.
  ~WorkerPool();

  /// The events since the last call, after at most that wait. Empty: nothing happened. Throws what
  /// a worker could not tell of by an event, for want of memory.
  std::vector<Event> wait(std::chrono::milliseconds limit);
  /// No run is started any more.
  void close() { closed_ = true; }
  bool idle() const;  ///< all workers are done and all events are taken
  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }
  double rounds() const { return static_cast<double>(rounds_.load()); }  ///< finished, all runs

 private:
  void run_worker(Worker& worker);
  Event run_one(const Run& run, Worker& worker);
  void post(Event event);
  bool stopping() const { return closed_ || abandoned_ || stop_ != 0; }

  std::vector<const Run*> runs_;
  bool keep_going_;
  Work work_;
  const std::atomic<int>& stop_;
  std::atomic<bool> closed_{false};  ///< no run is started any more; the running ones go on
  std::atomic<bool> abandoned_{false};
  std::atomic<std::size_t> next_{0};
  std::atomic<Index> rounds_{0};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;
  std::exception_ptr error_;    ///< that ended a worker
  std::ptrdiff_t working_ = 0;  ///< below 0 for a moment, where one ends before all are counted

  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::jthread> threads_;  // last: joined before the rest goes
};

}  // namespace cbsim
