#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <system_error>

#include "cbsim/core/blocking.hpp"
#include "cbsim/core/error.hpp"
#include "cbsim/experiment/build_info.hpp"
#include "commands.hpp"
#include "printable.hpp"
#include "standard_streams.hpp"
#include "unexpected.hpp"

namespace {

using namespace cbsim;

int run_command_line(int argc, char** argv) {
  CLI::App app("cbsim: contextual-bandit simulator", "cbsim");
  app.set_version_flag("--version", "cbsim " + build_info().version);
  app.require_subcommand(0, 1);
  app.footer(
      "Exit codes: 0 ok, 1 a run or a file failed, 2 wrong input, 3 not complete, 130 and 143 "
      "stopped.\n"
      "Example:\n"
      "  cbsim run configs/quickstart.json");
  int exit_code = 0;
  app::add_run(app, exit_code);
  app::add_validate(app, exit_code);
  app::add_show(app, exit_code);
  app::add_list(app, exit_code);
  app::add_schema(app, exit_code);
  app::add_status(app, exit_code);
  app::add_merge(app, exit_code);
  app::add_compare(app, exit_code);
  app::add_verify(app, exit_code);
  app::add_completion(app, exit_code);
  app::add_complete(app, exit_code);
  app.parse_complete_callback([&app] {  // before the command that was chosen, if any
    if (app.get_subcommands().empty()) std::printf("%s", app.help().c_str());
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    const bool extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    throw InputError((extra ? app::unexpected(app, argc, argv) : error.what()) + "\nSee cbsim " +
                     (chosen.empty() ? "" : chosen.front()->get_name() + " ") + "--help");
  }
  app::flush_standard_output();
  return exit_code;
}

/// Takes no memory, which may be what is missing.
int report(const char* message, int exit_code, const char* kind = "") {
  std::fprintf(stderr, "cbsim: %s", kind);
  app::put_printable(stderr, message);
  std::fputc('\n', stderr);
  return exit_code;
}

}  // namespace

/// The one place where an error becomes text and exit code.
int main(int argc, char** argv) {
  app::secure_standard_streams();
  fix_product_blocking();
  try {
    return run_command_line(argc, argv);
  } catch (const InputError& error) {
    return report(error.what(), 2);
  } catch (const IoError& error) {
    return report(error.what(), 1);
  } catch (const RunError& error) {
    return report(error.what(), 1);
  } catch (const std::bad_alloc&) {
    return report("out of memory", 1);
  } catch (const std::system_error& error) {  // of std::filesystem
    return report(error.what(), 1);
  } catch (const std::exception& error) {
    return report(error.what(), 1, "internal error: ");
  }
}
