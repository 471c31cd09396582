#include "cbsim/experiment/merge.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cbsim/experiment/problems.hpp"
#include "commands.hpp"
#include "folder_path.hpp"
#include "override_options.hpp"
#include "status_text.hpp"
#include "terminal.hpp"

namespace cbsim::app {
namespace {

constexpr std::size_t kMostLines = 10;

void print_some(const std::vector<std::string>& lines, Terminal& terminal) {
  const std::size_t shown = std::min(lines.size(), kMostLines);
  for (std::size_t i = 0; i < shown; ++i) terminal.error(lines[i]);
  if (lines.size() > shown) {
    terminal.error("... and " + std::to_string(lines.size() - shown) +
                   " such lines more; cbsim status names them all");
  }
}

int merge(const std::vector<std::string>& words, bool partial) {
  Terminal terminal({});
  std::vector<std::filesystem::path> folders;
  std::ranges::transform(words, std::back_inserter(folders), folder_path);
  const ResultFolder into = open_results(folders.front());
  const MergeReport report = merge_results(into, std::span(folders).subspan(1), partial);
  const ExperimentStatus& status = report.status;
  if (!report.differences.empty()) {
    terminal.warning(
        "the runs come from different builds or machines: " + some_of(report.differences) +
        "; their numbers may differ in the last digits, which portable builds "
        "(-DCBSIM_NATIVE=OFF) of one commit avoid");
  }
  print_some(failure_lines(into.experiment, status), terminal);
  print_some(missing_lines(into.experiment, status), terminal);
  const std::string totals = totals_line(status);
  if (!report.written) {
    terminal.error(totals +
                   "; no table was written. Run what is missing with cbsim run, or merge what "
                   "there is with --partial");
    return 3;
  }
  std::vector<std::string> lines{totals + "; results in " + (into.path / "regret.csv").string() +
                                 " and summary.csv"};
  if (report.copied > 0) {
    lines.push_back(std::to_string(report.copied) + " of the runs were copied to " +
                    (into.path / "runs").string());
  }
  terminal.print(lines);
  std::printf("%s\n", into.path.c_str());
  return status.failed > 0 && !partial ? 1 : 0;
}

}  // namespace

void add_merge(CLI::App& app, int& exit_code) {
  struct Options {
    std::vector<std::string> folders;
    bool partial = false;
  };
  auto* command = app.add_subcommand("merge", "Make the tables anew from finished runs");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("DIR", options->folders,
                   "Folders of one experiment; runs that the first one lacks are copied into it")
      ->required()
      ->check(not_an_option());
  command->add_flag("--partial", options->partial, "Make the tables although runs are missing");
  command->footer(
      "Exit codes: 0 done, 1 a run has failed, 3 runs are missing and nothing was written.\n"
      "Example:\n"
      "  cbsim merge results/sweep");
  command->callback(
      [options, &exit_code] { exit_code = merge(options->folders, options->partial); });
}

}  // namespace cbsim::app
