#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "cbsim/core/error.hpp"

/// What the fuzz targets share. A target takes any bytes and either accepts them or refuses them by
/// one of cbsim's errors, whose message fits on a terminal; all else is a finding.
namespace cbsim::fuzz {

/// Stops with a finding unless `holds`.
inline void demand(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "finding: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

/// Errors come in lines of text; control characters could steer the terminal that shows them.
inline void check_message(std::string_view message) {
  demand(!message.empty() && message.front() != '\n' && message.back() != '\n', "an empty line");
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    demand((byte >= 0x20 && byte != 0x7f) || c == '\n', "a message with a control character");
  }
}

/// Whether `act` accepts its input; false where it refuses it.
template <class Act>
bool accepts(Act act) {
  try {
    act();
    return true;
  } catch (const InputError& error) {
    check_message(error.what());
  } catch (const IoError& error) {
    check_message(error.what());
  } catch (const RunError& error) {
    check_message(error.what());
  }
  return false;
}

/// The bytes of an input, from which a target takes its choices first.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  /// A number below `n`, from one byte.
  std::size_t choice(std::size_t n) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte % n;
  }
  /// What stands before the line `separator`, or all.
  std::string part(std::string_view separator) {
    const auto end = rest_.find(separator);
    const std::string part(rest_.substr(0, end));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + separator.size());
    return part;
  }
  /// All that is left. It ends where the memory ends, so that reading beyond it is seen.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// A folder of this process in $TMPDIR, which is the working directory as well: paths of an input
/// that lead nowhere else stay in it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "cbsim_fuzz_XXXXXX").string();
    demand(::mkdtemp(name.data()) != nullptr, "no temporary folder");
    path_ = name;
    std::filesystem::current_path(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string write(const std::filesystem::path& name, std::string_view bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

/// An input has 5 s of the processor, which a busy machine does not shorten.
inline void run_target(void (*target)(Input), Input input) {
  const std::clock_t start = std::clock();
  target(input);
  demand(std::clock() - start < 5 * CLOCKS_PER_SEC, "an input that takes more than 5 s");
}

/// Defines a target: a function of its `input`.
#define CBSIM_FUZZ_TARGET(input)                                                      \
  static void fuzz_one(::cbsim::fuzz::Input input);                                   \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    ::cbsim::fuzz::run_target(&fuzz_one, {data, size});                               \
    return 0;                                                                         \
  }                                                                                   \
  static void fuzz_one(::cbsim::fuzz::Input input)

}  // namespace cbsim::fuzz
