#include "worker_pool.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "cbsim/core/error.hpp"

namespace cbsim {

WorkerPool::WorkerPool(std::vector<const Run*> runs, int threads, bool keep_going, Work work,
                       const std::atomic<int>& stop)
    : runs_(std::move(runs)), keep_going_(keep_going), work_(std::move(work)), stop_(stop) {
  const auto count = std::min(static_cast<std::size_t>(threads), runs_.size());
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) workers_.push_back(std::make_unique<Worker>());
  try {
    for (const auto& worker : workers_) {
      threads_.emplace_back([this, &worker = *worker] { run_worker(worker); });
    }
  } catch (const std::system_error& error) {
    if (threads_.empty()) throw RunError("cannot start a thread: " + error.code().message());
  } catch (...) {
    abandoned_ = true;
    throw;
  }
  const std::lock_guard lock(mutex_);
  working_ += static_cast<std::ptrdiff_t>(threads_.size());
}

WorkerPool::~WorkerPool() { abandoned_ = true; }

void WorkerPool::run_worker(Worker& worker) {
  try {
    while (!stopping()) {
      const std::size_t i = next_++;
      if (i >= runs_.size()) break;
      post({Event::Kind::started, runs_[i]});
      post(run_one(*runs_[i], worker));
    }
  } catch (...) {
    closed_ = true;
    const std::lock_guard lock(mutex_);
    error_ = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_one();
}

Event WorkerPool::run_one(const Run& run, Worker& worker) {
  const auto start = std::chrono::steady_clock::now();
  worker.start = start;
  worker.round = 0;
  worker.run = &run;
  Event event{Event::Kind::finished, &run};
  try {
    event.end = work_(run, [&](const RoundRecord& round) {
      worker.round.store(round.t, std::memory_order_relaxed);
      worker.regret_known.store(round.regret.has_value(), std::memory_order_relaxed);
      worker.cum_regret.store(round.cum_regret, std::memory_order_relaxed);
      worker.cum_reward.store(round.cum_reward, std::memory_order_relaxed);
      rounds_.fetch_add(round.accepted ? 1 : 0, std::memory_order_relaxed);
      return !abandoned_ && stop_ == 0;
    });
    if (!event.end.complete) event.kind = Event::Kind::stopped;
  } catch (const IoError&) {
    closed_ = true;  // what the disk refuses to one run it refuses to the next
    event = {Event::Kind::failed, &run, 0.0, {}, std::current_exception()};
  } catch (...) {
    if (!keep_going_) closed_ = true;
    event = {Event::Kind::failed, &run, 0.0, {}, std::current_exception()};
  }
  worker.run = nullptr;
  event.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return event;
}

void WorkerPool::post(Event event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
  changed_.notify_one();
}

std::vector<Event> WorkerPool::wait(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [&] { return !events_.empty() || working_ == 0 || error_; });
  if (error_ && events_.empty()) std::rethrow_exception(error_);
  std::vector<Event> taken(std::make_move_iterator(events_.begin()),
                           std::make_move_iterator(events_.end()));
  events_.clear();
  return taken;
}

bool WorkerPool::idle() const {
  const std::lock_guard lock(mutex_);
  return working_ == 0 && events_.empty() && !error_;
}

}  // namespace cbsim
