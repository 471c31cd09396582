#pragma once

#include <filesystem>

namespace cbsim {

/// A process's own folder inside an experiment's folder, for all that is not finished. A lock in it
/// tells the living from the dead: what a killed process left behind is removed by the next one,
/// and nobody removes what is in use.
class Staging {
 public:
  /// Removes the folders of dead processes in `parent` and makes one. Throws IoError.
  explicit Staging(const std::filesystem::path& parent);
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Whether a living process works in `parent`, besides the one whose folder is `own`.
  static bool in_use(const std::filesystem::path& parent, const std::filesystem::path& own = {});
  /// Whether this name in an experiment's folder is a staging folder's.
  static bool is_name_of_one(const std::filesystem::path& name);

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

/// Keeps other processes out of a short piece of work on a folder, where the file system can lock.
class FolderLock {
 public:
  /// Waits for its turn. Throws IoError.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace cbsim
