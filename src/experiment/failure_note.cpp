#include "cbsim/experiment/failure_note.hpp"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/files.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

fs::path folder_of_notes(const fs::path& folder) { return folder / "failed"; }

fs::path note(const fs::path& folder, const std::string& key) {
  return folder_of_notes(folder) / (key + ".txt");
}

}  // namespace

void write_failure_note(const fs::path& folder, const std::string& key, std::string_view cause) {
  std::string line(cause);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  std::error_code error;
  fs::create_directories(folder_of_notes(folder), error);  // `OutputFile` says what is wrong

  const fs::path target = note(folder, key);
  fs::path temporary = target;
  temporary += '.' + std::to_string(::getpid()) + ".tmp";
  OutputFile file(temporary);
  file.write(line + '\n');
  file.finish();
  rename_path(temporary, target);
  sync_folder(folder_of_notes(folder));
}

std::optional<std::string> read_failure_note(const fs::path& folder, const std::string& key) {
  const fs::path path = note(folder, key);
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return {};
  try {
    const std::string text = read_file(path);
    return text.substr(0, text.find('\n'));
  } catch (const IoError&) {
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
