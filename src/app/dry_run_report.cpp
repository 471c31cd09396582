#include "dry_run_report.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "cbsim/experiment/amounts.hpp"
#include "cbsim/experiment/seed_list.hpp"
#include "columns.hpp"
#include "signals.hpp"

namespace cbsim::app {
namespace {

using TextRow = std::array<std::string, 6>;

void print_lines(const std::vector<TextRow>& lines) {
  std::array<std::size_t, std::tuple_size_v<TextRow>> widths{};
  for (const TextRow& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  for (const TextRow& line : lines) {
    std::string text;
    for (std::size_t i = 0; i + 1 < line.size(); ++i) text += padded(line[i], widths[i] + 2);
    std::printf("%s\n", (text + line.back()).c_str());
  }
}

std::string runs_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " run" : " runs");
}

/// Says what is being timed once that has taken a second.
class CalibrationProgress {
 public:
  CalibrationProgress(const Experiment& experiment, Terminal& terminal)
      : experiment_(experiment), terminal_(terminal) {}

  void operator()(std::size_t number, std::size_t count, const Cell& cell) {
    if (!terminal_.shows_progress()) return;
    if (terminal_.redraws()) {
      terminal_.show("timing " + std::to_string(number) + "/" + std::to_string(count) + " | " +
                     cell_title(experiment_, cell));
    } else if (!said_ && Clock::now() - start_ > std::chrono::seconds(1)) {
      terminal_.print("timing the first rounds, up to 20 s ...");
      said_ = true;
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Experiment& experiment_;
  Terminal& terminal_;
  Clock::time_point start_ = Clock::now();
  bool said_ = false;
};

}  // namespace

void dry_run(const Experiment& experiment, const RunOptions& options, Terminal& terminal) {
  const ExperimentForecast forecast = forecast_experiment(
      experiment, options, CalibrationProgress(experiment, terminal), stop_signal());
  terminal.clear();
  if (stop_signal() != 0) return;

  std::vector<TextRow> lines = {
      {"policy", "seeds to do", "seeds done", "work a run", "memory a run", "time a run"}};
  for (const CellForecast& cell : forecast.cells) {
    const std::string title = cell_title(experiment, *cell.cell);
    lines.push_back({title, seeds_text(cell.to_do), seeds_text(cell.done),
                     operations_text(cell.operations), bytes_text(cell.bytes),
                     cell.seconds ? duration_text(*cell.seconds) : "-"});
    if (!cell.failure.empty()) {
      terminal.warning(title + ", seed " + std::to_string(cell.to_do.front()) +
                       " will fail: " + cell.failure);
    }
  }
  print_lines(lines);

  const std::size_t to_do = forecast.runs - forecast.done;
  std::printf("\n%s to do, %zu done, for %s\n", runs_text(to_do).c_str(), forecast.done,
              options.folder.c_str());
  std::printf("work    %s\n", operations_text(forecast.operations).c_str());
  std::printf("memory  %s of %s available\n", bytes_text(forecast.bytes).c_str(),
              bytes_text(forecast.available).c_str());
  std::printf("time    about %s with %s at a time\n", duration_text(forecast.seconds).c_str(),
              runs_text(static_cast<std::size_t>(options.runs_at_a_time())).c_str());
}

}  // namespace cbsim::app
