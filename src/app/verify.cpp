#include "cbsim/experiment/verify.hpp"

#include <cstdio>
#include <limits>
#include <memory>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/problems.hpp"
#include "commands.hpp"
#include "counts.hpp"
#include "folder_path.hpp"
#include "override_options.hpp"
#include "shell_quote.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "threads.hpp"

namespace cbsim::app {
namespace {

struct VerifyCommand {
  std::string folder;
  std::string runs = "3";
  std::string threads;  ///< empty: as many as there are
};

const char* word(Agreement agreement) {
  switch (agreement) {
    case Agreement::exact:
      return "same bytes";
    case Agreement::rounding:
      return "same but for rounding";
    case Agreement::different:
      return "DIFFERENT";
  }
  return "";
}

void print(const Experiment& experiment, const VerifiedRun& verified) {
  std::printf("%s, seed %llu: %s%s%s\n", cell_title(experiment, *verified.run->cell).c_str(),
              static_cast<unsigned long long>(verified.run->seed), word(verified.agreement),
              verified.difference.empty() ? "" : ": ", verified.difference.c_str());
  std::fflush(stdout);
}

/// Says what of the folder is not as cbsim wrote it. True where nothing is.
bool report_damage(const Experiment& experiment, const VerifyReport& report,
                   const std::string& folder, Terminal& terminal) {
  std::vector<std::string> damaged;
  for (const Run* run : report.damaged) {
    damaged.push_back(cell_title(experiment, *run->cell) + ", seed " + std::to_string(run->seed));
  }
  if (!damaged.empty()) {
    terminal.error("files of these runs are damaged or gone: " + some_of(damaged) +
                   "; the command that made them computes them again");
  }
  for (const std::string& problem : report.tables) {
    terminal.error(problem + "; cbsim merge " + shell_quote(folder) + " makes the tables anew");
  }
  return report.damaged.empty() && report.tables.empty();
}

/// What the runs say together, and the exit code.
int conclude(const VerifyReport& report, Terminal& terminal) {
  std::size_t exact = 0, rounding = 0;
  for (const VerifiedRun& run : report.runs) {
    exact += run.agreement == Agreement::exact;
    rounding += run.agreement == Agreement::rounding;
  }
  const std::size_t different = report.runs.size() - exact - rounding;
  std::printf(
      "\n%zu of the %zu finished runs verified: %zu the same bytes, %zu the same but for rounding, "
      "%zu different\n",
      report.runs.size(), report.finished, exact, rounding, different);
  if (stop_signal() != 0) return 128 + stop_signal();
  if (different == 0 && rounding == 0) return 0;
  for (const std::string& difference : report.other_machines) {
    terminal.warning("the results are of another build or machine than this cbsim, " + difference);
  }
  if (different == 0 && !report.other_machines.empty()) return 0;
  terminal.error(report.other_machines.empty()
                     ? "the same build gave other numbers; files of the runs were changed, or the "
                       "machine's memory or processor is at fault"
                     : "the runs do not agree beyond rounding; check out and build the commit of "
                       "the manifest to verify them exactly");
  return 1;
}

int verify(const VerifyCommand& command) {
  VerifyOptions options;
  constexpr int kMost = std::numeric_limits<int>::max();
  options.runs = static_cast<std::size_t>(
      command.runs == "all" ? kMost : parse_count("--runs", command.runs, "runs", kMost));
  options.threads =
      command.threads.empty() ? available_threads() : parse_threads("-j", command.threads);
  Terminal terminal({});
  catch_stop_signals();
  const ResultFolder results = open_results(folder_path(command.folder));
  const VerifyReport report = verify_results(
      results, options, [&](const VerifiedRun& verified) { print(results.experiment, verified); },
      stop_signal());
  const bool sound = report_damage(results.experiment, report, results.path.string(), terminal);
  if (report.finished == 0 && sound) {
    terminal.error(command.folder + ": no run is finished; there is nothing to verify");
    return 3;
  }
  const int exit_code = conclude(report, terminal);
  return exit_code == 0 && !sound ? 1 : exit_code;
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  auto* sub =
      app.add_subcommand("verify", "Run some finished runs again and say whether they agree");
  const auto command = std::make_shared<VerifyCommand>();
  sub->add_option("DIR", command->folder, "Folder of the results; nothing is written into it")
      ->required()
      ->check(not_an_option());
  sub->add_option("--runs", command->runs,
                  "How many runs, spread over the finished ones; default 3")
      ->option_text("N|all")
      ->check(not_an_option());
  sub->add_option("-j", command->threads,
                  "Threads; default SLURM_CPUS_PER_TASK, else the processors this process may use")
      ->option_text("N")
      ->check(not_an_option());
  sub->footer(
      "Runs of another build or machine may differ by rounding: by 1e-9 of the largest number of "
      "a\n"
      "column at most, as far as they are in double precision.\n"
      "The tables are held against what all runs give.\n"
      "Exit codes: 0 all agree, 1 some do not, or files are damaged, 3 no run is finished.\n"
      "Example:\n"
      "  cbsim verify results/quickstart --runs 5");
  sub->callback([command, &exit_code] { exit_code = verify(*command); });
}

}  // namespace cbsim::app
