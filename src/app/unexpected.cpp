#include "unexpected.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "cbsim/experiment/problems.hpp"

namespace cbsim::app {
namespace {

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

}  // namespace

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
  } else if (chosen.empty()) {
    kind = "command";
    names = command_names(app);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  return "unexpected " + kind + ' ' + std::string(word) +
         suggestion(word.substr(0, word.find('=')), candidates);
}

}  // namespace cbsim::app
