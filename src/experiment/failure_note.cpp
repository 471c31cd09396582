#include "cbsim/experiment/failure_note.hpp"

#include <unistd.h>

#include <string_view>
#include <system_error>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/input_file.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

fs::path folder_of_notes(const fs::path& folder) { return folder / "failed"; }

fs::path note(const fs::path& folder, const std::string& key) {
  return folder_of_notes(folder) / (key + ".txt");
}

}  // namespace

void write_failure_note(const fs::path& folder, const std::string& key, std::string_view cause) {
  std::error_code error;
  fs::create_directories(folder_of_notes(folder), error);  // `OutputFile` says what is wrong

  const fs::path target = note(folder, key);
  fs::path temporary = target;
  temporary += '.' + std::to_string(::getpid()) + ".tmp";
  OutputFile file(temporary);
  file.write(one_line(cause) + '\n');
  file.finish();
  rename_path(temporary, target);
  sync_folder(folder_of_notes(folder));
}

std::optional<std::string> read_failure_note(const fs::path& folder, const std::string& key) {
  const fs::path path = note(folder, key);
  try {
    const std::string text = read_input(path.string(), {.bytes = kMostBytes});
    return one_line(std::string_view(text).substr(0, text.find('\n')));
  } catch (const IoError&) {
    return {};
  } catch (const InputError&) {
    return {};
  }
}

void remove_failure_note(const fs::path& folder, const std::string& key) {
  std::error_code error;
  const bool was_there = fs::remove(note(folder, key), error);
  if (error && error != std::errc::not_a_directory) {
    throw IoError("cannot remove " + note(folder, key).string() + ": " + error.message());
  }
  std::error_code not_empty;
  if (was_there) fs::remove(folder_of_notes(folder), not_empty);
}

}  // namespace cbsim
