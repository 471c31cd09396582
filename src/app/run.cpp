#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/runner.hpp"
#include "commands.hpp"
#include "run_reporter.hpp"
#include "shell_quote.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "threads.hpp"

namespace cbsim::app {
namespace {

namespace fs = std::filesystem;

constexpr int kMostThreads = 4096;

struct RunCommand {
  std::string config;
  std::string folder;
  std::vector<std::string> sets, grids;
  std::string seeds;
  int threads = 0;  ///< 0: as many as there are
  bool force = false, keep_going = false, quiet = false, verbose = false;
  TerminalOptions terminal;
};

/// CLI11 takes the next word as an option's value even if it is an option itself.
const CLI::Validator kNotAnOption(
    [](std::string& value) {
      return value.starts_with("--") ? "a value is missing before " + value : std::string();
    },
    "");

Override split(const std::string& option, const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError(option + " " + assignment + ": expected PATH=VALUE, as in " + option +
                     " policies.0.gamma=" + (option == "--grid" ? "0.1,1" : "0.1"));
  }
  return {assignment.substr(0, equals), assignment.substr(equals + 1)};
}

Overrides overrides(const RunCommand& command) {
  Overrides result;
  for (const auto& text : command.sets) result.sets.push_back(split("--set", text));
  for (const auto& text : command.grids) result.grids.push_back(split("--grid", text));
  result.seeds = command.seeds;
  return result;
}

fs::path output_folder(const RunCommand& command, const std::string& name) {
  if (!command.folder.empty()) return command.folder;
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
    throw InputError("the name \"" + name +
                     "\" of the experiment cannot name a folder in results/; give one with -o");
  }
  return fs::path("results") / name;
}

int exit_code(const Totals& totals) {
  if (stop_signal() != 0 && totals.missing > 0) return 128 + stop_signal();
  return totals.failed > 0 || totals.missing > 0 ? 1 : 0;
}

int run(const RunCommand& command) {
  catch_stop_signals();
  const Experiment experiment = load_experiment(command.config, overrides(command));
  RunOptions options;
  options.folder = output_folder(command, experiment.name);
  options.threads = command.threads > 0 ? command.threads : available_threads();
  options.force = command.force;
  options.keep_going = command.keep_going;
  options.command_line = command_line();

  Terminal terminal(command.terminal);
  RunReporter reporter(experiment, terminal);
  const ExperimentReport report = run_experiment(experiment, options, reporter, stop_signal());
  terminal.clear();
  if (stop_signal() != 0 && report.totals.missing > 0) {
    terminal.error("stopped by signal " + std::to_string(stop_signal()) +
                   "; the runs that were finished are kept");
  }
  print_report(experiment, report, options.folder, terminal);
  std::printf("%s\n", options.folder.c_str());
  return exit_code(report.totals);
}

const std::map<std::string, When> kWhen = {
    {"auto", When::automatic}, {"always", When::always}, {"never", When::never}};

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  CLI::App* sub = app.add_subcommand("run", "Run an experiment, or go on with it");
  const auto command = std::make_shared<RunCommand>();
  const auto option = [&](const char* name, auto& value, const char* text) {
    return sub->add_option(name, value, text)->check(kNotAnOption);
  };

  sub->add_option("CONFIG", command->config, "The experiment, a JSON file")->required();
  option("-o,--output", command->folder,
         "Folder of the results; default results/<name of the experiment>")
      ->option_text("DIR");
  option("--set", command->sets, "Change a setting: policies.0.gamma=0.1 (may be repeated)")
      ->option_text("PATH=VALUE")
      ->allow_extra_args(false);
  option("--grid", command->grids, "Sweep a setting: environment.noise=0.1,1 (may be repeated)")
      ->option_text("PATH=V,V")
      ->allow_extra_args(false);
  option("--seeds", command->seeds, "10 means 0 to 9, 5:8 means 5, 6, 7, and 1,4,9 a list")
      ->option_text("N|A:B|a,b,c");
  option("-j,--threads", command->threads,
         "Runs at a time; default SLURM_CPUS_PER_TASK, else the processors this process may use")
      ->option_text("N")
      ->check(CLI::Range(1, kMostThreads));
  sub->add_flag("--force", command->force, "Take a folder over from another experiment");
  sub->add_flag("--keep-going", command->keep_going, "Start the other runs after one has failed");
  option("--progress", command->terminal.progress, "Progress on standard error")
      ->option_text("auto|always|never")
      ->transform(CLI::CheckedTransformer(kWhen));
  option("--color", command->terminal.color, "Colors on standard error; auto honours NO_COLOR")
      ->option_text("auto|always|never")
      ->transform(CLI::CheckedTransformer(kWhen));
  auto* quiet = sub->add_flag("-q,--quiet", command->quiet, "Only warnings and errors");
  sub->add_flag("-v,--verbose", command->verbose, "A line for each run that starts or finishes")
      ->excludes(quiet);
  sub->footer(
      "The same command again continues: finished runs are skipped.\n"
      "Example:\n"
      "  cbsim run configs/quickstart.json -o results/first --seeds 5 -j 2");

  sub->callback([command, &exit_code] {
    if (command->quiet) command->terminal.verbosity = Verbosity::quiet;
    if (command->verbose) command->terminal.verbosity = Verbosity::verbose;
    exit_code = run(*command);
  });
}

}  // namespace cbsim::app
