#include "cbsim/experiment/staging.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/files.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = ".cbsim-";

enum class State { alive, dead, unknown };

/// Takes the lock of a staging folder if nobody holds it. A folder without one is dead, for a
/// caller who has the lock of its parent: its maker was killed before or after it had a lock.
State probe(const fs::path& folder, int& descriptor) {
  descriptor = ::open((folder / "lock").c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT ? State::dead : State::unknown;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return State::dead;
  const State state = errno == EWOULDBLOCK ? State::alive : State::unknown;
  ::close(std::exchange(descriptor, -1));
  return state;
}

template <class Visit>
void for_each_staging(const fs::path& parent, Visit visit) {
  for (const fs::path& path : entries(parent)) {
    if (Staging::is_name_of_one(path.filename())) visit(path);
  }
}

void remove_dead(const fs::path& parent) {
  for_each_staging(parent, [](const fs::path& folder) {
    int descriptor = -1;
    if (probe(folder, descriptor) != State::dead) return;
    remove_tree(folder);
    if (descriptor >= 0) ::close(descriptor);
  });
}

std::string unique_name() {
  static std::atomic<int> count{0};
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return std::string(kPrefix) + host + '-' + std::to_string(::getpid()) + '-' +
         std::to_string(count++);
}

[[noreturn]] void fail(const fs::path& path, int reason) {
  throw IoError("cannot write in " + path.string() + ": " + std::strerror(reason));
}

}  // namespace

bool Staging::is_name_of_one(const fs::path& name) { return name.string().starts_with(kPrefix); }

bool Staging::in_use(const fs::path& parent, const fs::path& own) {
  bool found = false;
  for_each_staging(parent, [&](const fs::path& folder) {
    if (folder == own) return;
    int descriptor = -1;
    const State state = probe(folder, descriptor);
    if (descriptor >= 0) ::close(descriptor);
    found = found || state == State::alive;
  });
  return found;
}

Staging::Staging(const fs::path& parent) {
  const FolderLock alone(parent);
  remove_dead(parent);
  path_ = parent / unique_name();
  while (::mkdir(path_.c_str(), 0777) != 0) {
    if (errno != EEXIST) fail(parent, errno);
    path_ = parent / unique_name();
  }
  lock_ = ::open((path_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) {
    const int reason = errno;
    ::rmdir(path_.c_str());
    fail(parent, reason);
  }
  ::flock(lock_, LOCK_EX);
}

Staging::~Staging() {
  remove_tree(path_);
  ::close(lock_);
}

FolderLock::FolderLock(const fs::path& folder)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) fail(folder, errno);
  while (::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace cbsim
