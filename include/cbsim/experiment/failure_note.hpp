#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cbsim {

// A run that failed leaves a note of its cause, failed/<key>.txt in its experiment's folder, until
// it succeeds.

/// Writes the note, whole or not at all; line ends in `cause` become blanks. Throws IoError.
void write_failure_note(const std::filesystem::path& folder, const std::string& key,
                        std::string_view cause);

/// The cause; none where there is no note that can be read.
std::optional<std::string> read_failure_note(const std::filesystem::path& folder,
                                             const std::string& key);

/// Removes the notes of runs that are done, and the folder of notes after the last one. Throws
/// IoError where a note stays.
void remove_failure_notes(const std::filesystem::path& folder,
                          const std::function<bool(const std::string& key)>& done);

}  // namespace cbsim
