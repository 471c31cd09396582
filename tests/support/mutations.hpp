#pragma once

#include <cstddef>
#include <string>

namespace cbsim::test {

/// Calls `use` with every prefix of a text and with the text after every change of a single byte.
template <class Use>
void for_each_mutation(const std::string& text, const Use& use) {
  for (std::size_t length = 0; length <= text.size(); ++length) use(text.substr(0, length));
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[at] = static_cast<char>(byte);
      use(changed);
    }
  }
}

}  // namespace cbsim::test
