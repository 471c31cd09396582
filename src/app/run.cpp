#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/runner.hpp"
#include "commands.hpp"
#include "dry_run_report.hpp"
#include "folder_path.hpp"
#include "override_options.hpp"
#include "run_reporter.hpp"
#include "shell_quote.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "threads.hpp"

namespace cbsim::app {
namespace {

namespace fs = std::filesystem;

struct RunCommand {
  std::string config;
  std::string folder;
  OverrideOptions overrides;
  std::string threads;  ///< empty: as many as there are
  std::string threads_per_run = "1";
  std::string shard;  ///< empty: all runs
  std::string checkpoint_every = "60";
  std::string progress = "auto", color = "auto";
  bool dry_run = false, force = false, keep_going = false, quiet = false, verbose = false;
};

const std::map<std::string, When> kWhen = {
    {"auto", When::automatic}, {"always", When::always}, {"never", When::never}};

When parse_when(const std::string& option, const std::string& word) {
  const auto found = kWhen.find(word);
  if (found == kWhen.end()) {
    throw InputError(option + " " + word + ": expected auto, always or never");
  }
  return found->second;
}

double parse_seconds(const std::string& option, const std::string& text) {
  const auto seconds = parsed<double>(text);
  if (seconds && *seconds >= 0 && std::isfinite(*seconds)) return *seconds;
  throw InputError(option + ' ' + text + ": expected a number of seconds, or 0 for none");
}

/// "2/8"
Shard parse_shard(const std::string& text) {
  const std::string_view word = text;
  const auto slash = std::min(word.find('/'), word.size() - 1);
  const auto number = parsed<std::size_t>(word.substr(0, slash));
  const auto count = parsed<std::size_t>(word.substr(slash + 1));
  if (number && count && *number >= 1 && *number <= *count) return {*number, *count};
  throw InputError("--shard " + text + ": expected I/N, shard I of N with I from 1 to N");
}

fs::path output_folder(const RunCommand& command, const std::string& name) {
  if (!command.folder.empty()) {
    const fs::path folder = folder_path(command.folder).lexically_normal();
    return folder.has_filename() ? folder : folder.parent_path();
  }
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

TerminalOptions terminal_options(const RunCommand& command) {
  TerminalOptions options;
  options.progress = parse_when("--progress", command.progress);
  options.color = parse_when("--color", command.color);
  if (command.quiet) options.verbosity = Verbosity::quiet;
  if (command.verbose) options.verbosity = Verbosity::verbose;
  return options;
}

int run(const RunCommand& command) {
  Terminal terminal(terminal_options(command));
  RunOptions options;
  options.threads =
      command.threads.empty() ? available_threads() : parse_threads("-j", command.threads);
  options.threads_per_run = parse_threads("--threads-per-run", command.threads_per_run);
  if (options.threads_per_run > options.threads) {
    throw InputError("--threads-per-run " + command.threads_per_run + ": more than the " +
                     std::to_string(options.threads) + " threads of " +
                     (command.threads.empty() ? "this process; ask for more with -j" : "-j"));
  }
  const double checkpoint_every = parse_seconds("--checkpoint-every", command.checkpoint_every);
  if (checkpoint_every > 0) options.checkpoint_every = checkpoint_every;
  if (!command.shard.empty()) options.shard = parse_shard(command.shard);
  catch_stop_signals();
  const Experiment experiment = load_experiment(command.config, command.overrides.read());
  options.folder = output_folder(command, experiment.name);
  options.force = command.force;
  options.keep_going = command.keep_going;
  options.command_line = command_line();

  if (command.dry_run) {
    dry_run(experiment, options, terminal);
    return stop_signal() != 0 ? 128 + stop_signal() : 0;
  }
  RunReporter reporter(experiment, terminal);
  const ExperimentReport report = run_experiment(experiment, options, reporter, stop_signal());
  terminal.clear();
  if (stop_signal() != 0 && report.totals.missing > 0) {
    terminal.error(std::string("stopped by ") + (stop_signal() == SIGINT ? "SIGINT" : "SIGTERM") +
                   "; what was finished is kept, and what was begun as checkpoints");
  }
  print_report(experiment, report, options, terminal);
  std::printf("%s\n", options.folder.c_str());
  return exit_code(report.totals);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  CLI::App* sub = app.add_subcommand("run", "Run an experiment, or go on with it");
  const auto command = std::make_shared<RunCommand>();
  const auto option = [&](const char* name, auto& value, const char* text) {
    return sub->add_option(name, value, text)->check(not_an_option());
  };

  sub->add_option("CONFIG", command->config, "The experiment, a JSON file")
      ->required()
      ->check(not_an_option());
  option("-o", command->folder, "Folder of the results; default results/<name of the experiment>")
      ->option_text("DIR");
  command->overrides.add_to(*sub);
  option("-j", command->threads,
         "Threads in all; default SLURM_CPUS_PER_TASK, else the processors this process may use")
      ->option_text("N");
  option("--threads-per-run", command->threads_per_run,
         "Threads of one run, for few long runs; default 1. Results depend on neither number")
      ->option_text("N");
  option("--shard", command->shard,
         "Only share I of N of the runs, for jobs of a cluster on one folder; cbsim merge DIR then "
         "writes the tables")
      ->option_text("I/N");
  option("--checkpoint-every", command->checkpoint_every,
         "Seconds between the checkpoints of a run, at most; 0 for none; default 60")
      ->option_text("S");
  sub->add_flag("--dry-run", command->dry_run,
                "List the runs and forecast operations, memory and time; run and write nothing");
  sub->add_flag("--force", command->force, "Take a folder over from another experiment");
  sub->add_flag("--keep-going", command->keep_going, "Start the other runs after one has failed");
  option("--progress", command->progress, "Progress on standard error")
      ->option_text("auto|always|never");
  option("--color", command->color, "Colors on standard error; auto honours NO_COLOR")
      ->option_text("auto|always|never");
  auto* quiet = sub->add_flag("-q", command->quiet, "Only warnings and errors");
  sub->add_flag("-v", command->verbose, "A line for each run that starts or finishes")
      ->excludes(quiet);
  sub->footer(
      "The same command again continues: finished runs are skipped, and a run that was\n"
      "interrupted goes on from its last checkpoint.\n"
      "Example:\n"
      "  cbsim run configs/quickstart.json -o results/first --seeds 5 -j 2");

  sub->callback([command, &exit_code] { exit_code = run(*command); });
}

}  // namespace cbsim::app
