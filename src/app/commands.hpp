#pragma once

#include <CLI/App.hpp>

namespace cbsim::app {

// One function and one file a subcommand. Each adds its options to `app` and a callback that does
// the work, sets `exit_code` where it is not 0, and throws InputError, IoError or RunError.
void add_run(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_show(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app, int& exit_code);
void add_status(CLI::App& app, int& exit_code);
void add_merge(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_verify(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app, int& exit_code);
void add_complete(CLI::App& app, int& exit_code);

}  // namespace cbsim::app
