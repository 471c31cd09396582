#pragma once

#include <cstdio>
#include <string_view>

namespace cbsim::app {

/// Writes text that may hold anything (a file's name, a value of a config) so that a terminal shows
/// it and does nothing else: control characters, those that turn the direction of writing, and
/// bytes that are no UTF-8 come out as \xNN. Line ends stay. Takes no memory.
void put_printable(std::FILE* file, std::string_view text);

}  // namespace cbsim::app
