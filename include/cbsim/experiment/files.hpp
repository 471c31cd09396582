#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbsim {

// Every failure of these throws IoError naming the file and the system's reason. What is written is
// written where it is named: a symbolic link that stands in its place is refused, not followed.

/// A file that is written from start to end through a buffer.
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

/// Opens for reading and writing; `flags` may add O_CREAT and O_APPEND. Returns -1 where the file
/// is missing and shall not be made.
int open_file(const std::filesystem::path& path, int flags);

/// Writes all of `text` from byte `at` on. `path` is that of the open file.
void write_at(int descriptor, std::string_view text, std::size_t at,
              const std::filesystem::path& path);

/// `size` bytes from byte `at` on, fewer where the file ends before.
std::string read_at(int descriptor, std::size_t at, std::size_t size,
                    const std::filesystem::path& path);

/// Cuts the open file, or fills it with zeros, to so many bytes.
void truncate_to(int descriptor, std::size_t size, const std::filesystem::path& path);

/// Makes the content of the open file durable.
void sync_content(int descriptor, const std::filesystem::path& path);

/// The whole of a regular file.
std::string read_file(const std::filesystem::path& path);

/// The whole of a regular file; nothing where there is none of that name.
std::optional<std::string> read_if_there(const std::filesystem::path& path);

/// The size of a regular file; nothing where there is none of that name.
std::optional<std::uintmax_t> size_of_file(const std::filesystem::path& path);

/// Whether there is something of that name.
bool is_there(const std::filesystem::path& path);

/// Whether it is a folder, or a link to one.
bool is_folder(const std::filesystem::path& path);

/// What is in a folder, sorted.
std::vector<std::filesystem::path> entries(const std::filesystem::path& folder);

/// Makes a folder where it is missing, and its parents; on failure removes those that it made.
void make_folders(const std::filesystem::path& folder);

/// Whether it is a folder, and no link to one.
bool is_own_folder(const std::filesystem::path& path);

/// Throws where a symbolic link has that name.
void refuse_link(const std::filesystem::path& path);

/// Makes a folder inside an experiment's folder where it is missing.
void make_inner_folder(const std::filesystem::path& folder);

/// Removes a file or a folder with all in it, as far as that is possible.
void remove_tree(const std::filesystem::path& path) noexcept;

/// Copies a file.
void copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes the names in a folder durable.
void sync_folder(const std::filesystem::path& folder);

/// Makes the content of files durable, and the names in a folder.
void sync_files(const std::filesystem::path& folder);

/// Makes all that was written to the file system of `path` durable.
void sync_file_system(const std::filesystem::path& path);

/// A file that is gone already is as well.
void remove_file(const std::filesystem::path& path);

/// rename(2) within one file system: `to` is the old file or the new one, never half of one.
void rename_path(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace cbsim
