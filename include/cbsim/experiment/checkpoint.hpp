#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "cbsim/core/state_archive.hpp"
#include "cbsim/experiment/run_plan.hpp"

namespace cbsim {

/// The unfinished state of one run on disk, from which it goes on after an interruption to the same
/// bytes. A folder with two files: `growth` takes the sequences of StateArchive and is only ever
/// appended to; `state` has everything else and says how much of `growth` counts. It is replaced in
/// one rename after `growth` is durable, so that there always is one good checkpoint, the last.
///
/// A lock file tells a second process on the same folder to keep away: it then computes the run
/// without checkpoints.
class Checkpoint {
 public:
  using State = std::function<void(StateArchive&)>;

  enum class Found {
    nothing,
    good,
    bad,   ///< torn, of another build or of another run: it is ignored, and will be replaced
    busy,  ///< another process has it
  };

  /// `identity`: of the run and of the build. What was written under another one is not read.
  /// Nothing is made before the first `save`.
  Checkpoint(std::filesystem::path folder, std::string identity);
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  /// Restores what is there, its checksums verified before `state` is called; `state` is called
  /// where they are good. Throws BadState where the bytes are no state all the same.
  /// Waits up to `patience` for a process that has the lock: one that was killed keeps it until
  /// what it was writing is on the disk.
  Found restore(const State& state, std::chrono::seconds patience = std::chrono::seconds(10));
  /// Why `restore` found it bad.
  const std::string& reason() const { return reason_; }

  /// Appends what is new since the last save or restore, and makes it durable. Does nothing where
  /// another process has the lock. Throws IoError; the checkpoint before stays good.
  void save(const State& state);

 private:
  bool take_lock(bool make);
  void open_growth();

  std::filesystem::path folder_;
  std::string identity_;
  std::string reason_;
  int lock_ = -1, growth_ = -1;
  bool busy_ = false;
  std::size_t growth_size_ = 0;         ///< bytes of `growth` that count
  std::map<std::string, Index> saved_;  ///< items of each sequence in them
};

/// Identity of a run of this build: its key, what it records, and all of the build that may change
/// its bytes or the form of its state.
std::string checkpoint_identity(const Run& run, const RecordSettings& record);

}  // namespace cbsim
