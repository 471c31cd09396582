#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/experiment.hpp"
#include "commands.hpp"
#include "override_options.hpp"
#include "printable.hpp"

namespace cbsim::app {
namespace {

/// One line on stdout for a sound config, all errors on stderr for another; returns its exit code.
int validate(const std::string& path) {
  const auto fail = [](const std::exception& error, int code) {
    put_printable(stderr, error.what());
    std::fputc('\n', stderr);
    return code;
  };
  try {
    const Experiment experiment = load_experiment(path, {});
    std::printf("%s: ok (%zu runs)\n", path.c_str(),
                experiment.cells.size() * experiment.seeds.size());
    return 0;
  } catch (const InputError& error) {
    return fail(error, 2);
  } catch (const IoError& error) {
    return fail(error, 1);
  }
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("validate", "Check configs and say everything that is wrong");
  const auto paths = std::make_shared<std::vector<std::string>>();
  command->add_option("CONFIG", *paths, "Config files")->required()->check(not_an_option());
  command->footer(
      "Exit codes: 0 all are sound, 1 a file cannot be read, 2 a config has errors.\n"
      "Example:\n"
      "  cbsim validate configs/*.json");
  command->callback([paths, &exit_code] {
    // A config with errors outweighs an unreadable file.
    for (const auto& path : *paths) exit_code = std::max(exit_code, validate(path));
  });
}

}  // namespace cbsim::app
