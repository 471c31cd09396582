#include "cbsim/experiment/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/input_file.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferSize = 1 << 16;

[[noreturn]] void fail(const char* verb, const fs::path& path, const std::string& reason) {
  throw IoError("cannot " + std::string(verb) + ' ' + path.string() + ": " + reason);
}

[[noreturn]] void fail(const char* verb, const fs::path& path) {
  const int reason = errno;
  fail(verb, path,
       reason == ELOOP ? "a symbolic link is in its place, which is not followed"
                       : std::strerror(reason));
}

/// What is there; not_found also for a link that leads nowhere.
fs::file_type type_of(const fs::path& path, bool follow = true) {
  std::error_code error;
  const fs::file_type type =
      (follow ? fs::status(path, error) : fs::symlink_status(path, error)).type();
  if (type == fs::file_type::none && error == std::errc::too_many_symbolic_link_levels) {
    return fs::file_type::not_found;
  }
  if (type == fs::file_type::none) fail("read", path, error.message());
  return type;
}

using OpenFolder = std::unique_ptr<DIR, int (*)(DIR*)>;

/// The next name in a folder; null at the end, where errno is 0, or where it cannot be read. Those
/// of std::filesystem end the program where they want for memory.
const char* next_name(DIR* folder) {
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(folder);
    if (entry == nullptr) return nullptr;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") return entry->d_name;
  }
}

void remove_below(int folder, const char* name) {
  if (::unlinkat(folder, name, 0) == 0 || errno != EISDIR) return;
  const int inner = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (const OpenFolder open(inner < 0 ? nullptr : ::fdopendir(inner), ::closedir); open) {
    while (const char* child = next_name(open.get())) remove_below(inner, child);
  } else if (inner >= 0) {
    ::close(inner);
  }
  ::unlinkat(folder, name, AT_REMOVEDIR);
}

void sync(const fs::path& path, int flags, int (*call)(int)) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) fail("open", path);
  const int result = call(descriptor);
  const int reason = errno;  // some network file systems cannot sync a folder: EINVAL
  ::close(descriptor);
  errno = reason;
  if (result != 0 && errno != EINVAL) fail("write", path);
}

}  // namespace

OutputFile::OutputFile(fs::path path) : path_(std::move(path)) {
  buffer_.reserve(kBufferSize);
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail("create", path_);
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::write(std::string_view text) {
  if (buffer_.size() + text.size() > kBufferSize) flush();
  buffer_.append(text);
  size_ += text.size();
}

void OutputFile::flush() {
  write_at(descriptor_, buffer_, size_ - buffer_.size(), path_);
  buffer_.clear();
}

void OutputFile::close() {
  flush();
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("write", path_);
}

void OutputFile::finish() {
  flush();
  if (::fsync(descriptor_) != 0 && errno != EINVAL) fail("write", path_);
  close();
}

std::string OutputFile::read_back(std::size_t from) {
  flush();
  std::string text = read_at(descriptor_, from, size_ - from, path_);
  if (text.size() < size_ - from) fail("read", path_, "it was cut short");
  return text;
}

int open_file(const fs::path& path, int flags) {
  const int descriptor =
      ::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags, 0666);
  if (descriptor >= 0) {
    struct stat status {};
    const int reason = ::fstat(descriptor, &status) == 0 ? 0 : errno;
    if (reason == 0 && S_ISREG(status.st_mode)) return descriptor;
    ::close(descriptor);
    fail("open", path, reason == 0 ? "it is not a regular file" : std::strerror(reason));
  }
  if ((flags & O_CREAT) != 0) fail("create", path);
  if (errno != ENOENT) fail("open", path);
  return -1;
}

void write_at(int descriptor, std::string_view text, std::size_t at, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::pwrite(descriptor, text.data(), text.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
    at += static_cast<std::size_t>(written);
  }
}

std::string read_at(int descriptor, std::size_t at, std::size_t size, const fs::path& path) {
  std::string text(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(descriptor, text.data() + done, size - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

void truncate_to(int descriptor, std::size_t size, const fs::path& path) {
  if (::ftruncate(descriptor, static_cast<off_t>(size)) != 0) fail("write", path);
}

void sync_content(int descriptor, const fs::path& path) {
  if (::fdatasync(descriptor) != 0 && errno != EINVAL) fail("write", path);
}

std::string read_file(const fs::path& path) { return read_input(path.string()); }

std::optional<std::string> read_if_there(const fs::path& path) {
  if (type_of(path) != fs::file_type::regular) return {};
  return read_file(path);
}

std::optional<std::uintmax_t> size_of_file(const fs::path& path) {
  if (type_of(path) != fs::file_type::regular) return {};
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) fail("read", path, error.message());
  return size;
}

bool is_there(const fs::path& path) { return type_of(path) != fs::file_type::not_found; }

bool is_folder(const fs::path& path) { return type_of(path) == fs::file_type::directory; }

std::vector<fs::path> entries(const fs::path& folder) {
  const OpenFolder open(::opendir(folder.c_str()), ::closedir);
  if (!open) fail("read the folder", folder);
  std::vector<fs::path> found;
  while (const char* name = next_name(open.get())) found.push_back(folder / name);
  if (errno != 0) fail("read the folder", folder);
  std::ranges::sort(found);
  return found;
}

void make_folders(const fs::path& folder) {
  std::vector<fs::path> missing;
  for (fs::path path = folder; !path.empty() && !is_there(path); path = path.parent_path()) {
    missing.push_back(path);
  }
  for (auto path = missing.rbegin(); path != missing.rend(); ++path) {
    if (::mkdir(path->c_str(), 0777) == 0) continue;
    const int reason = errno;
    if (reason == EEXIST && is_folder(*path)) continue;  // of another process
    while (path != missing.rbegin()) ::rmdir((--path)->c_str());
    errno = reason;
    fail("make the folder", folder);
  }
}

bool is_own_folder(const fs::path& path) {
  return type_of(path, false) == fs::file_type::directory;
}

void refuse_link(const fs::path& path) {
  if (type_of(path, false) != fs::file_type::symlink) return;
  errno = ELOOP;
  fail("write in", path);
}

void make_inner_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0777) == 0) return;
  if (errno != EEXIST) fail("make the folder", folder);
  refuse_link(folder);
  if (is_folder(folder)) return;
  errno = ENOTDIR;
  fail("make the folder", folder);
}

void remove_tree(const fs::path& path) noexcept { remove_below(AT_FDCWD, path.c_str()); }

void copy_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, error);
  if (error) fail("copy", from, error.message());
}

void sync_folder(const fs::path& folder) { sync(folder, O_RDONLY | O_DIRECTORY, ::fsync); }

void sync_files(const fs::path& folder) {
  for (const fs::path& path : entries(folder)) sync(path, O_RDONLY, ::fsync);
  sync_folder(folder);
}

void sync_file_system(const fs::path& path) { sync(path, O_RDONLY | O_DIRECTORY, ::syncfs); }

void remove_file(const fs::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("remove", path);
}

void rename_path(const fs::path& from, const fs::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) fail("create", to);
}

}  // namespace cbsim
