#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// The threads of one refit. Tasks are short (a share of a gradient step), so waiting threads spin
/// for a while before they sleep. With one thread nothing is started.
class ThreadTeam {
 public:
  explicit ThreadTeam(int threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  /// Calls task(i, member) for i = 0..count-1, each once, on any member (0..size-1) in any order;
  /// returns when all are done. Tasks must not throw.
  template <class Task>
  void run(Index count, const Task& task) {
    if (threads_.empty() || count == 1) {
      for (Index i = 0; i < count; ++i) task(i, 0);
      return;
    }
    task_ = &task;
    call_ = [](const void* erased, Index i, int member) {
      (*static_cast<const Task*>(erased))(i, member);
    };
    share_out(count);
  }

 private:
  void share_out(Index count);
  void serve(int member);
  void work(int member);

  const void* task_ = nullptr;
  void (*call_)(const void*, Index, int) = nullptr;
  Index count_ = 0;
  std::atomic<Index> next_{0};
  std::atomic<int> busy_{0};
  std::atomic<unsigned> round_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace cbsim
