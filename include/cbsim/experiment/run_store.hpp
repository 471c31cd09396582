#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/staging.hpp"

namespace cbsim {

/// The rows of a finished run's curve.csv.
struct Curve {
  Index rounds = 0;  ///< played: the horizon, or fewer where the environment ended
  std::string rows;  ///< without the header; each ends in LF
  std::string last;  ///< the last row without its round and LF: cum_regret,cum_reward,optimal_rate
};

/// The curve of a run whose folder below `folder` is complete, holds all that `record` asks for,
/// and whose curve.csv is what was written.
std::optional<Curve> load_curve(const std::filesystem::path& folder, const Run& run,
                                const RecordSettings& record);

/// The folder of an experiment. Runs and tables appear in it whole or not at all: they are written
/// in a staging folder, synced, and renamed. Safe to use from several threads and processes.
class RunStore {
 public:
  /// Makes `folder` where it is missing. Throws IoError, leaving nothing behind.
  explicit RunStore(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }
  const std::filesystem::path& staging() const { return staging_->path(); }
  std::filesystem::path run_folder(const std::string& key) const { return folder_ / "runs" / key; }
  std::filesystem::path checkpoint_folder(const std::string& key) const {
    return folder_ / "checkpoints" / key;
  }

  /// An empty folder for the files of a run.
  std::filesystem::path stage(const std::string& key) const;
  /// Makes the staged folders of runs durable and theirs, in place of whatever was there; their
  /// checkpoints go. Many small runs share the wait for the disk.
  void publish(std::span<const std::string> keys) const;
  /// Removes the checkpoints of runs that are done, and the folder of checkpoints once it is empty.
  void discard_checkpoints(const std::function<bool(const std::string& key)>& done) const;

  /// Where to write a file that `publish_file` then puts into the experiment's folder.
  std::filesystem::path stage_file(const std::string& name) const;
  void publish_file(const std::string& name) const;
  /// Both, for a text.
  void write_file(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path staged_folder(const std::string& key) const;
  void put_in_place(const std::string& key) const;

  std::filesystem::path folder_;
  std::optional<Staging> staging_;
};

}  // namespace cbsim
