#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "cbsim/experiment/amounts.hpp"
#include "cbsim/experiment/statistics.hpp"
#include "columns.hpp"
#include "run_reporter.hpp"
#include "shell_quote.hpp"

namespace cbsim::app {
namespace {

constexpr std::size_t kMostRows = 20;

std::string mean_text(const Estimate& sample) {
  if (sample.n == 0) return "-";
  char out[64];
  if (sample.n == 1) {
    std::snprintf(out, sizeof out, "%.5g", *sample.mean);
  } else {
    std::snprintf(out, sizeof out, "%.5g ± %.3g", *sample.mean, *sample.standard_error);
  }
  return out;
}

void add_figures(const Experiment& experiment, const ExperimentReport& report,
                 std::vector<std::string>& lines) {
  const bool regret_known = std::ranges::any_of(
      report.outcomes, [](const RunOutcome& outcome) { return outcome.cum_regret.has_value(); });
  const std::size_t rows = std::min(experiment.cells.size(), kMostRows);
  std::size_t title_width = 6;
  for (std::size_t i = 0; i < rows; ++i) {
    title_width = std::max(title_width, width(cell_title(experiment, experiment.cells[i])));
  }
  lines.push_back(padded("policy", title_width) + "  runs  final " +
                  (regret_known ? "regret" : "reward") + " (mean ± standard error)");
  const std::size_t seeds = experiment.seeds.size();
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<double> figures;
    for (std::size_t j = i * seeds; j < (i + 1) * seeds; ++j) {
      const auto& figure =
          regret_known ? report.outcomes[j].cum_regret : report.outcomes[j].cum_reward;
      if (figure) figures.push_back(*figure);
    }
    lines.push_back(padded(cell_title(experiment, experiment.cells[i]), title_width) + "  " +
                    padded(std::to_string(figures.size()), 4) + "  " +
                    mean_text(estimate(figures)));
  }
  if (experiment.cells.size() > rows) {
    lines.push_back("... and " + std::to_string(experiment.cells.size() - rows) +
                    " more in summary.csv");
  }
}

}  // namespace

void print_report(const Experiment& experiment, const ExperimentReport& report,
                  const RunOptions& options, Terminal& terminal) {
  const Totals& totals = report.totals;
  const std::filesystem::path& folder = options.folder;
  std::vector<std::string> lines;
  if (!options.shard && totals.computed + totals.reused > 0) {
    add_figures(experiment, report, lines);
  }
  std::string line = std::to_string(totals.computed + totals.reused) + " of " +
                     std::to_string(totals.runs) + " runs done";
  if (totals.reused > 0) line += " (" + std::to_string(totals.reused) + " before)";
  if (totals.failed > 0) line += ", " + std::to_string(totals.failed) + " failed";
  if (totals.missing > 0) line += ", " + std::to_string(totals.missing) + " not run";
  line += " in " + duration_text(totals.wall_seconds);
  if (options.shard) {
    lines.push_back(line + "; once all shards are done: cbsim merge " +
                    shell_quote(folder.string()));
  } else {
    lines.push_back(line + "; results in " + (folder / "regret.csv").string() + " and summary.csv");
  }
  if (!options.shard && totals.computed + totals.reused > 0) {
    lines.push_back("plot: scripts/plot_regret.py " + shell_quote(folder.string()) + " -o " +
                    shell_quote((folder / "regret.png").string()));
  }
  if (totals.failed + totals.missing > 0) {
    lines.emplace_back("the same command again runs what is missing");
  }
  terminal.print(lines);
}

}  // namespace cbsim::app
