#include <cstdio>
#include <memory>
#include <string>

#include "cbsim/experiment/experiment.hpp"
#include "commands.hpp"
#include "override_options.hpp"

namespace cbsim::app {

void add_show(CLI::App& app, int& /*exit_code*/) {
  struct Options {
    std::string path;
    OverrideOptions overrides;
  };
  auto* command = app.add_subcommand("show", "Print the config with all defaults filled in");
  const auto options = std::make_shared<Options>();
  command->add_option("CONFIG", options->path, "Config file")->required()->check(not_an_option());
  options->overrides.add_to(*command);
  command->footer(
      "Example:\n"
      "  cbsim show configs/quickstart.json --set horizon=100");
  command->callback([options] {
    const auto experiment = load_experiment(options->path, options->overrides.read());
    std::fputs(experiment.resolved_json.c_str(), stdout);
  });
}

}  // namespace cbsim::app
