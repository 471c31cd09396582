#include "cbsim/experiment/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

[[noreturn]] void cannot_read(const std::string& path, const std::string& why) {
  throw IoError("cannot read " + path + ": " + why);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

void demand_regular(const std::string& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return;
  cannot_read(path, S_ISDIR(status.st_mode)    ? "it is a folder, not a file"
                    : S_ISFIFO(status.st_mode) ? "it is a pipe, not a regular file"
                    : S_ISSOCK(status.st_mode) ? "it is a socket, not a regular file"
                                               : "it is a device, not a regular file");
}

std::string megabytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

/// A zlib stream that ends itself.
struct Inflater {
  z_stream stream{};
  Inflater() {
    // 15 bits of window, gzip header demanded
    if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
};

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

}  // namespace

std::string read_input(const std::string& path, const InputLimits& limits) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) cannot_read(path, std::strerror(errno));
  demand_regular(path, status);  // before `open`, which wakes some devices
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) cannot_read(path, std::strerror(errno));
  if (::fstat(file.get(), &status) != 0) cannot_read(path, std::strerror(errno));
  demand_regular(path, status);

  const auto demand_size = [&](std::size_t size) {
    if (size <= limits.bytes) return;
    throw InputError("larger than " + megabytes(limits.bytes) + ", the limit");
  };
  // Some files have another size than they say, as those of /proc.
  const auto expected = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  demand_size(expected);
  std::string bytes(std::max<std::size_t>(expected + 1, 4096), '\0');  // room to see the end
  for (std::size_t size = 0;;) {
    if (size == bytes.size()) bytes.resize(2 * size);
    const ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) cannot_read(path, std::strerror(errno));
    size += static_cast<std::size_t>(got);
    demand_size(size);
    if (got > 0) continue;
    bytes.resize(size);
    return bytes;
  }
}

std::string gunzip(std::string bytes, const InputLimits& limits) {
  if (!is_gzip(bytes)) return bytes;
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string out;
  std::vector<char> buffer(std::size_t{1} << 18);
  std::size_t at = 0;
  while (true) {
    // zlib counts in 32 bits, so a large input goes in pieces.
    const std::size_t piece = std::min(bytes.size() - at, std::size_t{1} << 30);
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data() + at);
    stream.avail_in = static_cast<uInt>(piece);
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    at += piece - stream.avail_in;
    out.append(buffer.data(), buffer.size() - stream.avail_out);
    if (out.size() > limits.bytes) {
      throw InputError("unpacks to more than " + megabytes(limits.bytes) + ", the limit");
    }
    if (out.size() > limits.ratio_from && out.size() / limits.ratio > bytes.size()) {
      throw InputError("unpacks to more than " + std::to_string(limits.ratio) +
                       " times its size, which no real data do; unpack it yourself if they are");
    }
    if (status == Z_STREAM_END) {
      const std::string_view rest = std::string_view(bytes).substr(at);
      if (std::ranges::all_of(rest, [](char c) { return c == '\0'; })) return out;  // padding
      if (!is_gzip(rest)) throw InputError("broken gzip data: what follows the end is not gzip");
      inflateReset(&stream);
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status == Z_BUF_ERROR ||
               (status == Z_OK && at == bytes.size() && stream.avail_out > 0)) {
      throw InputError("broken gzip data: they end too early");
    } else if (status != Z_OK) {
      throw InputError(std::string("broken gzip data: ") +
                       (stream.msg ? stream.msg : "unreadable"));
    }
  }
}

std::string content_hash(std::string_view text) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(text.data(), text.size()));
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : canonical.digest) {
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return hex;
}

void FileStore::load(File& file) {
  auto found = entries_.find(file.path);
  if (found == entries_.end()) {
    std::string text;
    try {
      text = gunzip(read_input(file.path));
    } catch (const InputError& error) {
      throw InputError(file.path + ": " + error.what());
    }
    const std::string hash = content_hash(text);
    auto content = std::make_shared<const std::string>(std::move(text));
    found = entries_.emplace(file.path, Entry{std::move(content), hash}).first;
  }
  file.content = found->second.content;
}

const std::string& FileStore::hash(const File& file) const { return entries_.at(file.path).hash; }

}  // namespace cbsim
