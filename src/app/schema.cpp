#include "cbsim/experiment/schema.hpp"

#include <cstdio>

#include "commands.hpp"

namespace cbsim::app {

void add_schema(CLI::App& app, int& /*exit_code*/) {
  auto* command =
      app.add_subcommand("schema", "Print the JSON Schema (2020-12) of a config, for editors");
  command->footer(
      "Example:\n"
      "  cbsim schema > cbsim.schema.json");
  command->callback([] { std::fputs(config_schema().c_str(), stdout); });
}

}  // namespace cbsim::app
