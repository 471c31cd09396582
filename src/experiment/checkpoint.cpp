#include "cbsim/experiment/checkpoint.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/build_info.hpp"
#include "cbsim/experiment/files.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLockInterval{50};
constexpr std::string_view kMagic = "cbsim checkpoint 1\n";

/// Says what is wrong with a checkpoint; never leaves this file.
struct Bad {
  std::string reason;
};

void put(std::string& out, std::uint64_t number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put(std::string& out, std::string_view text) {
  put(out, text.size());
  out += text;
}

/// Reads what `put` wrote.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  std::string_view raw(std::size_t size) {
    if (rest_.size() < size) throw Bad{"it is cut short"};
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    std::memcpy(&value, raw(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text() { return raw(number()); }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::uint64_t checksum(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

/// The file of a checkpoint that holds the sequences.
struct Growth {
  int descriptor;
  const fs::path& path;

  std::string read(std::size_t at, std::size_t size) const {
    std::string text = read_at(descriptor, at, size, path);
    if (text.size() < size) throw Bad{"it is cut short"};
    return text;
  }
  void write(std::size_t at, std::string_view text) const { write_at(descriptor, text, at, path); }
};

/// A record of `growth`: name, size of the piece, checksum of both and the piece, the piece.
std::string record_head(std::string_view name, std::string_view piece) {
  std::string head;
  put(head, name);
  put(head, piece.size());
  put(head, checksum(head) ^ checksum(piece));
  return head;
}

struct Piece {
  std::size_t at, size;
};
using Pieces = std::map<std::string, std::vector<Piece>, std::less<>>;

/// Verifies the first `size` bytes and tells where the pieces of each sequence lie.
Pieces read_growth(const Growth& growth, std::size_t size) {
  Pieces pieces;
  for (std::size_t at = 0; at < size;) {
    const std::uint64_t name_size = Cursor(growth.read(at, 8)).number();
    if (name_size > size - at) throw Bad{"its checksum is wrong"};
    const std::string head = growth.read(at, 8 + name_size + 16);
    Cursor cursor(head);
    const std::string_view name = cursor.text();
    const std::uint64_t piece_size = cursor.number();
    at += head.size();
    if (piece_size > size - std::min(at, size)) throw Bad{"its checksum is wrong"};
    const std::string piece = growth.read(at, piece_size);
    if (record_head(name, piece) != head) throw Bad{"its checksum is wrong"};
    pieces[std::string(name)].push_back({at, piece.size()});
    at += piece.size();
  }
  return pieces;
}

class Writer final : public StateArchive {
 public:
  Writer(std::map<std::string, Index>& saved, const Growth& growth, std::size_t& size)
      : saved_(saved), growth_(growth), size_(size) {}

  bool restoring() const override { return false; }

  void growing_bytes(std::string_view name, Index size,
                     const std::function<void(Index, const Put&)>& write,
                     const Put& /*append*/) override {
    const std::string full = scope() + std::string(name);
    Index& saved = saved_[full];
    if (saved == size) return;
    write(saved, [&](std::string_view piece) {
      const std::string head = record_head(full, piece);
      growth_.write(size_, head);
      growth_.write(size_ + head.size(), piece);
      size_ += head.size() + piece.size();
    });
    saved = size;
  }

  std::string payload;

 protected:
  void bytes(void* data, std::size_t size) override {
    payload.append(static_cast<const char*>(data), size);
  }

 private:
  std::map<std::string, Index>& saved_;
  const Growth& growth_;
  std::size_t& size_;
};

class Reader final : public StateArchive {
 public:
  Reader(std::string_view payload, const Pieces& pieces, const Growth& growth)
      : cursor_(payload), pieces_(pieces), growth_(growth) {}

  bool restoring() const override { return true; }

  void growing_bytes(std::string_view name, Index /*size*/,
                     const std::function<void(Index, const Put&)>& /*write*/,
                     const Put& append) override {
    const auto found = pieces_.find(scope() + std::string(name));
    if (found == pieces_.end()) return;
    for (const Piece& piece : found->second) append(growth_.read(piece.at, piece.size));
  }

  bool at_end() const { return cursor_.at_end(); }

 protected:
  void bytes(void* data, std::size_t size) override {
    const std::string_view text = cursor_.raw(size);
    if (size > 0) std::memcpy(data, text.data(), size);
  }

 private:
  Cursor cursor_;
  const Pieces& pieces_;
  const Growth& growth_;
};

/// Holds the sequences that a component has against the counts of its checkpoint: from a wrong one
/// the next save would go on.
class Census final : public StateArchive {
 public:
  explicit Census(const std::map<std::string, Index>& saved) : saved_(saved) {}

  bool restoring() const override { return false; }

  void growing_bytes(std::string_view name, Index size,
                     const std::function<void(Index, const Put&)>& /*write*/,
                     const Put& /*append*/) override {
    const auto found = saved_.find(scope() + std::string(name));
    demand(size == (found == saved_.end() ? 0 : found->second));
  }

 protected:
  void bytes(void* /*data*/, std::size_t /*size*/) override {}

 private:
  const std::map<std::string, Index>& saved_;
};

}  // namespace

Checkpoint::Checkpoint(fs::path folder, std::string identity)
    : folder_(std::move(folder)), identity_(std::move(identity)) {}

Checkpoint::~Checkpoint() {
  if (growth_ >= 0) ::close(growth_);
  if (lock_ >= 0) ::close(lock_);
}

Checkpoint::Found Checkpoint::restore(const State& state, std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::string payload;
  Pieces pieces;
  const fs::path path = folder_ / "growth";
  try {
    while (!take_lock(false)) {
      if (!busy_) return Found::nothing;
      if (std::chrono::steady_clock::now() >= end) return Found::busy;
      std::this_thread::sleep_for(kLockInterval);
      busy_ = false;
    }
    const auto text = read_if_there(folder_ / "state");
    if (!text) return Found::nothing;
    if (text->size() < kMagic.size() + 8) throw Bad{"it is cut short"};
    Cursor cursor(*text);
    if (cursor.raw(kMagic.size()) != kMagic) throw Bad{"it is no checkpoint of this version"};
    const std::string_view body = cursor.raw(text->size() - kMagic.size() - 8);
    if (cursor.number() != checksum(body)) throw Bad{"its checksum is wrong"};
    cursor = Cursor(body);
    if (cursor.text() != identity_) throw Bad{"it is of another build of cbsim or another run"};
    growth_size_ = cursor.number();
    for (std::uint64_t count = cursor.number(); count > 0; --count) {
      const std::string name(cursor.text());
      saved_[name] = static_cast<Index>(cursor.number());
    }
    payload = cursor.text();
    open_growth();
    // Before memory is taken for sizes that it states.
    if (size_of_file(path).value_or(0) < growth_size_) throw Bad{"it is cut short"};
    pieces = read_growth({growth_, path}, growth_size_);
  } catch (const Bad& bad) {
    reason_ = bad.reason;
  } catch (const IoError& error) {
    reason_ = error.what();
  } catch (const InputError& error) {
    reason_ = error.what();
  }
  if (!reason_.empty()) {
    growth_size_ = 0;
    saved_.clear();
    return Found::bad;
  }
  // All of it is as somebody wrote it, but that need not have been this program.
  try {
    const Growth growth{growth_, path};
    Reader reader(payload, pieces, growth);
    state(reader);
    if (!reader.at_end()) throw Bad{"it holds more than it should"};
    Census census(saved_);
    state(census);
  } catch (const Bad& bad) {
    throw BadState(bad.reason);
  }
  return Found::good;
}

void Checkpoint::save(const State& state) {
  if (busy_ || !take_lock(true)) return;
  struct stat still {};
  if (::fstat(lock_, &still) != 0 || still.st_nlink == 0) return;  // the run is done elsewhere
  open_growth();
  const fs::path path = folder_ / "growth";
  truncate_to(growth_, growth_size_, path);
  std::size_t size = growth_size_;
  auto saved = saved_;
  const Growth growth{growth_, path};
  Writer writer(saved, growth, size);
  state(writer);
  sync_content(growth_, path);

  std::string body;
  put(body, identity_);
  put(body, size);
  put(body, saved.size());
  for (const auto& [name, items] : saved) {
    put(body, name);
    put(body, static_cast<std::uint64_t>(items));
  }
  put(body, writer.payload);
  remove_file(folder_ / "state.new");
  OutputFile file(folder_ / "state.new");
  file.write(kMagic);
  file.write(body);
  std::string sum;
  put(sum, checksum(body));
  file.write(sum);
  file.finish();
  rename_path(folder_ / "state.new", folder_ / "state");
  sync_folder(folder_);
  growth_size_ = size;
  saved_ = std::move(saved);
}

bool Checkpoint::take_lock(bool make) {
  if (lock_ >= 0) return true;
  for (const fs::path& folder : {folder_.parent_path(), folder_}) {
    make ? make_inner_folder(folder) : refuse_link(folder);
  }
  lock_ = open_file(folder_ / "lock", make ? O_CREAT : 0);
  if (lock_ < 0) return false;
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return true;
  ::close(std::exchange(lock_, -1));
  busy_ = true;
  return false;
}

void Checkpoint::open_growth() {
  if (growth_ < 0) growth_ = open_file(folder_ / "growth", O_CREAT);
}

std::string checkpoint_identity(const Run& run, const RecordSettings& record) {
  const BuildInfo& build = build_info();
  std::string text = run.key;
  for (const std::string& part :
       {std::to_string(run.cell->horizon), std::to_string(record.points),
        std::to_string(static_cast<int>(record.spacing)), std::to_string(int{record.rounds}),
        std::to_string(int{record.scores}), build.version, build.commit,
        std::to_string(int{build.dirty}), build.compiler, build.flags, build.simd}) {
    text += '\n' + part;
  }
  return text;
}

}  // namespace cbsim
