#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cbsim {

/// A file that is written from start to end through a buffer. Every failure throws IoError naming
/// the file and the system's reason.
class OutputFile {
 public:
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);
  /// Closes; the content may still be on its way to the disk. A file that is not closed may be
  /// incomplete.
  void close();
  /// Flushes to the disk (fsync) and closes.
  void finish();
  /// What has been written from byte `from` on.
  std::string read_back(std::size_t from);

  const std::filesystem::path& path() const { return path_; }
  std::size_t size() const { return size_; }  ///< bytes written so far

 private:
  void flush();

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::string buffer_;
  std::size_t size_ = 0;
};

/// The whole file. Throws IoError.
std::string read_file(const std::filesystem::path& path);

/// Copies a file. Throws IoError.
void copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes the names in a folder durable. Throws IoError.
void sync_folder(const std::filesystem::path& folder);

/// Makes the content of files durable, and the names in a folder. Throws IoError.
void sync_files(const std::filesystem::path& folder);

/// Makes all that was written to the file system of `path` durable. Throws IoError.
void sync_file_system(const std::filesystem::path& path);

/// Throws IoError where it stays.
void remove_file(const std::filesystem::path& path);

/// rename(2) within one file system: `to` is the old file or the new one, never half of one.
/// Throws IoError.
void rename_path(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace cbsim
