#include "cbsim/experiment/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

constexpr std::size_t kBufferSize = 1 << 16;

[[noreturn]] void fail(const char* verb, const std::filesystem::path& path) {
  const int reason = errno;
  throw IoError("cannot " + std::string(verb) + " " + path.string() + ": " + std::strerror(reason));
}

void sync(const std::filesystem::path& path, int flags, int (*call)(int)) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) fail("open", path);
  const int result = call(descriptor);
  const int reason = errno;  // some network file systems cannot sync a folder: EINVAL
  ::close(descriptor);
  errno = reason;
  if (result != 0 && errno != EINVAL) fail("write", path);
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail("create", path_);
  buffer_.reserve(kBufferSize);
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
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path_);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
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
  std::string text(size_ - from, '\0');
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t got = ::pread(descriptor_, text.data() + done, text.size() - done,
                                static_cast<off_t>(from + done));
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = EIO;
    if (got <= 0) fail("read", path_);
    done += static_cast<std::size_t>(got);
  }
  return text;
}

std::string read_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail("read", path);
  std::string text;
  char chunk[kBufferSize];
  for (;;) {
    const ssize_t got = ::read(descriptor, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      ::close(descriptor);
      fail("read", path);
    }
    if (got == 0) break;
    text.append(chunk, static_cast<std::size_t>(got));
  }
  ::close(descriptor);
  return text;
}

void copy_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::copy_file(from, to, error);
  if (error) {
    throw IoError("cannot copy " + from.string() + " to " + to.string() + ": " + error.message());
  }
}

void sync_folder(const std::filesystem::path& folder) {
  sync(folder, O_RDONLY | O_DIRECTORY, ::fsync);
}

void sync_files(const std::filesystem::path& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    sync(entry.path(), O_RDONLY, ::fsync);
  }
  sync_folder(folder);
}

void sync_file_system(const std::filesystem::path& path) {
  sync(path, O_RDONLY | O_DIRECTORY, ::syncfs);
}

void remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("remove", path);
}

void rename_path(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) fail("create", to);
}

}  // namespace cbsim
