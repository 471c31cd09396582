#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/experiment/registry.hpp"
#include "cbsim/experiment/setting_paths.hpp"
#include "command_names.hpp"
#include "commands.hpp"

namespace cbsim::app {
namespace {

using Words = std::vector<std::string>;

// What the shell itself completes; the scripts of completion.cpp know these lines.
constexpr const char* kConfigs = "@config";
constexpr const char* kFolders = "@folder";

Words split(const std::string& text, char separator) {
  Words words(1);
  for (const char c : text) {
    if (c == separator) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

/// What the help shows for an option's value: "auto|always|never", "DIR", "CONFIG".
std::string value_text(const CLI::Option& option) {
  const std::string& text = option.get_option_text();
  return text.empty() ? option.get_name(/*positional=*/true) : text;
}

const CLI::Option* find_option(const CLI::App& command, const std::string& name) {
  for (const CLI::Option* option : command.get_options()) {
    if (name.starts_with('-') && option->check_name(name)) return option;
  }
  return nullptr;
}

Words listed_names() {
  Words names{"policies", "environments", "wrappers"};
  for (const auto& type : policy_types()) names.emplace_back(type.name);
  for (const auto& type : environment_types()) names.emplace_back(type.name);
  for (const auto& type : wrapper_types()) names.emplace_back(type.name);
  return names;
}

/// Paths for --set and --grid, and after `=` the values of one; in a grid after each comma.
Words settings(const std::string& config, const std::string& current) {
  Words candidates;
  const auto equals = current.find('=');
  const std::string path = current.substr(0, equals);
  for (const auto& setting : setting_paths(config)) {
    if (equals == std::string::npos) {
      candidates.push_back(setting.path + '=');
    } else if (setting.path == path) {
      const std::string before = current.substr(0, current.find_last_of("=,") + 1);
      for (const auto& value : setting.values) candidates.push_back(before + value);
    }
  }
  return candidates;
}

/// A command line up to the cursor, after the subcommand.
struct CommandLine {
  Words positionals;
  const CLI::Option* awaiting = nullptr;  ///< the option whose value is being typed
};

CommandLine read_line(const CLI::App& command, const Words& words) {
  CommandLine line;
  for (const auto& word : words) {
    if (line.awaiting) {
      line.awaiting = nullptr;
    } else if (const auto* option = find_option(command, word)) {
      if (takes_value(*option)) line.awaiting = option;
    } else if (!word.starts_with('-')) {
      line.positionals.push_back(word);
    }
  }
  return line;
}

Words values(const CLI::Option& option, const std::string& current, const CommandLine& line) {
  const std::string text = value_text(option);
  if (text == "CONFIG") return {kConfigs};
  if (text == "DIR") return {kFolders};
  if (text == "KIND" || text == "NAME") return listed_names();
  if (text.starts_with("PATH=")) {
    return line.positionals.empty() ? Words{} : settings(line.positionals.front(), current);
  }
  const bool words = text.find('|') != text.npos && std::ranges::all_of(text, [](char c) {
                       return c == '|' || (c >= 'a' && c <= 'z');
                     });
  return words ? split(text, '|') : Words{};
}

/// The positional of that number; the last one may take many.
const CLI::Option* positional(const CLI::App& command, std::size_t number) {
  const CLI::Option* found = nullptr;
  std::size_t count = 0;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    if (count++ == number) return option;
    found = option;
  }
  return found && found->get_items_expected_max() > 1 ? found : nullptr;
}

Words candidates(const CLI::App& app, const Words& words) {
  const std::string& current = words.back();
  if (words.size() == 2) return current.starts_with('-') ? option_names(app) : command_names(app);
  const CLI::App* command = nullptr;
  for (const CLI::App* other : app.get_subcommands({})) {
    if (other->get_name() == words[1]) command = other;
  }
  if (!command) return {};
  const CommandLine line = read_line(*command, {words.begin() + 2, words.end() - 1});
  if (line.awaiting) return values(*line.awaiting, current, line);
  const auto equals = current.find('=');
  if (current.starts_with("--") && equals != current.npos) {  // --option=value
    const auto* option = find_option(*command, current.substr(0, equals));
    if (!option || !takes_value(*option)) return {};
    Words found = values(*option, current.substr(equals + 1), line);
    std::erase_if(found, [](const auto& value) { return value.starts_with('@'); });
    for (auto& value : found) value.insert(0, current, 0, equals + 1);
    return found;
  }
  if (current.starts_with('-')) return option_names(*command);
  const auto* option = positional(*command, line.positionals.size());
  return option ? values(*option, current, line) : Words{};
}

}  // namespace

void add_complete(CLI::App& app, int& /*exit_code*/) {
  const auto line = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("complete", "Print what may stand at the end of a command line");
  command->group("");  // not in the help: only the scripts of `cbsim completion` call it
  command->add_option("WORDS", *line, "The words, a line each; the last one is not complete")
      ->required();
  command->callback([line, &app] {
    const Words words = split(*line, '\n');
    if (words.size() < 2) return;
    try {
      for (const auto& candidate : candidates(app, words)) {
        if (candidate.starts_with(words.back()) || candidate.starts_with('@')) {
          std::printf("%s\n", candidate.c_str());
        }
      }
    } catch (const std::exception&) {
      // No message while the user types: a config that cannot be read has no candidates.
    }
  });
}

}  // namespace cbsim::app
