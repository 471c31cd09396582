#include "cbsim/experiment/status.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cbsim/experiment/seed_list.hpp"
#include "cbsim/experiment/settings_table.hpp"
#include "commands.hpp"
#include "folder_path.hpp"
#include "override_options.hpp"
#include "status_text.hpp"

namespace cbsim::app {
namespace {

std::string count_text(std::size_t count) { return count > 0 ? std::to_string(count) : ""; }

std::string seeds_or_nothing(const std::vector<Seed>& seeds) {
  return seeds.empty() ? "" : seeds_text(seeds);
}

void print_cells(const Experiment& experiment, const ExperimentStatus& status) {
  std::vector<std::vector<std::string>> rows;
  for (const CellStatus& cell : status.cells) {
    std::vector<Seed> failed;
    for (const FailedRun& run : cell.failed) failed.push_back(run.seed);
    rows.push_back({cell_title(experiment, *cell.cell), std::to_string(cell.done.size()),
                    count_text(cell.missing.size()), seeds_or_nothing(cell.missing),
                    count_text(failed.size()), seeds_or_nothing(failed)});
  }
  std::fputs(
      text_table({"policy", "done", "missing", "missing seeds", "failed", "failed seeds"}, rows)
          .c_str(),
      stdout);
}

int print_status(const std::string& folder) {
  const ResultFolder results = open_results(folder_path(folder));
  const ExperimentStatus status = status_of(results);
  print_cells(results.experiment, status);
  const auto failures = failure_lines(results.experiment, status);
  if (!failures.empty()) std::puts("");
  for (const std::string& line : failures) std::printf("%s\n", line.c_str());
  std::printf("\n%s\n", totals_line(status).c_str());
  return status.done == status.runs() ? 0 : 3;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("status", "Say which runs of an experiment are done");
  const auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Folder of the results")->required()->check(not_an_option());
  command->footer(
      "Exit codes: 0 all runs are done, 3 some are missing or have failed.\n"
      "Example:\n"
      "  cbsim status results/quickstart");
  command->callback([folder, &exit_code] { exit_code = print_status(*folder); });
}

}  // namespace cbsim::app
