#include "cbsim/core/text.hpp"

#include <charconv>

namespace cbsim {

std::string shortest(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

}  // namespace cbsim
