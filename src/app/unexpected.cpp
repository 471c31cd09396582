#include "unexpected.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "cbsim/experiment/problems.hpp"
#include "command_names.hpp"

namespace cbsim::app {

std::string unexpected(const CLI::App& app, int argc, char** argv) {
  const std::vector<std::string> left = app.remaining(true);
  const auto first = std::find_if(argv + 1, argv + argc, [&](const char* word) {
    return std::ranges::find(left, word) != left.end();
  });
  const std::string_view word = first == argv + argc ? std::string_view(left.at(0)) : *first;
  const auto chosen = app.get_subcommands();

  std::string kind = "argument";
  std::vector<std::string> names;
  if (word.starts_with('-')) {
    kind = "option";
    names = option_names(chosen.empty() ? app : *chosen.front());
    std::erase_if(names, [](const auto& name) { return name.size() == 2; });  // near any letter
  } else if (chosen.empty()) {
    kind = "command";
    names = command_names(app);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  return "unexpected " + kind + ' ' + std::string(word) +
         suggestion(word.substr(0, word.find('=')), candidates);
}

}  // namespace cbsim::app
