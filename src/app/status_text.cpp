#include "status_text.hpp"

#include "cbsim/experiment/seed_list.hpp"

namespace cbsim::app {

std::string totals_line(const ExperimentStatus& status) {
  std::string line =
      std::to_string(status.done) + " of " + std::to_string(status.runs()) + " runs done";
  if (status.missing > 0) line += ", " + std::to_string(status.missing) + " missing";
  if (status.begun > 0) line += " (" + std::to_string(status.begun) + " of them begun)";
  if (status.failed > 0) line += ", " + std::to_string(status.failed) + " failed";
  return line;
}

std::vector<std::string> failure_lines(const Experiment& experiment,
                                       const ExperimentStatus& status) {
  std::vector<std::string> lines;
  for (const CellStatus& cell : status.cells) {
    for (const FailedRun& run : cell.failed) {
      lines.push_back("failed: " + cell_title(experiment, *cell.cell) + ", seed " +
                      std::to_string(run.seed) + ": " + run.cause);
    }
  }
  return lines;
}

std::vector<std::string> missing_lines(const Experiment& experiment,
                                       const ExperimentStatus& status) {
  std::vector<std::string> lines;
  for (const CellStatus& cell : status.cells) {
    if (cell.missing.empty()) continue;
    lines.push_back("missing: " + cell_title(experiment, *cell.cell) +
                    (cell.missing.size() == 1 ? ", seed " : ", seeds ") + seeds_text(cell.missing));
  }
  return lines;
}

}  // namespace cbsim::app
