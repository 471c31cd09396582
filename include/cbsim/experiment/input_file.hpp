#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "cbsim/core/settings.hpp"

namespace cbsim {

/// What an input file may unpack to. A gzip file of real data rarely shrinks by more than a factor
/// of 20; one that grows by more than `ratio` beyond `ratio_from` bytes is taken for a bomb.
struct InputLimits {
  std::size_t bytes = std::size_t{4} << 30;
  std::size_t ratio = 250;
  std::size_t ratio_from = std::size_t{64} << 20;
};

/// The bytes of a regular file. Throws IoError ("cannot read ...: why") for anything else, also
/// for a folder, a FIFO or a device, and never waits on one.
std::string read_input(const std::string& path, const InputLimits& limits = {});

/// `bytes` unpacked when they begin as gzip does, else as they are. Several members in a row are
/// joined. Throws InputError for broken, cut or oversized data.
std::string gunzip(std::string bytes, const InputLimits& limits = {});

/// 128-bit XXH3 of the text, in hex.
std::string content_hash(std::string_view text);

/// The data files of an experiment, each read, unpacked and hashed once.
class FileStore {
 public:
  /// Fills `file.content` from `file.path`. Throws as read_input and gunzip do.
  void load(File& file);
  /// The hash of a loaded file's content, unpacked.
  const std::string& hash(const File& file) const;

 private:
  struct Entry {
    std::shared_ptr<const std::string> content;
    std::string hash;
  };
  std::map<std::string, Entry> entries_;  ///< by path
};

}  // namespace cbsim
