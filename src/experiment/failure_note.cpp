#include "cbsim/experiment/failure_note.hpp"

#include <unistd.h>

#include <string_view>
#include <system_error>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/files.hpp"

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
  make_inner_folder(folder_of_notes(folder));
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
  const auto size = size_of_file(path);
  if (!size || *size > kMostBytes) return {};
  const std::string text = read_file(path);
  return one_line(std::string_view(text).substr(0, text.find('\n')));
}

void remove_failure_notes(const fs::path& folder,
                          const std::function<bool(const std::string&)>& done) {
  const fs::path all = folder_of_notes(folder);
  if (!is_own_folder(all)) return;
  for (const fs::path& path : entries(all)) {
    const std::string name = path.filename().string();  // or that of one not finished
    if (done(name.substr(0, name.find('.')))) remove_file(path);
  }
  std::error_code not_empty;
  fs::remove(all, not_empty);
}

}  // namespace cbsim
