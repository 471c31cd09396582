#include "run_reporter.hpp"

#include <algorithm>
#include <cstdio>

#include "cbsim/experiment/amounts.hpp"

namespace cbsim::app {
namespace {

constexpr double kRedrawInterval = 0.1;
constexpr double kLongestPlainInterval = 300.0;

template <class... Values>
std::string format(const char* pattern, Values... values) {
  char text[160];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string rate_text(double rate) {
  if (rate >= 1e6) return format("%.1fM", rate / 1e6);
  if (rate >= 1e4) return format("%.0fk", rate / 1e3);
  if (rate >= 1e3) return format("%.1fk", rate / 1e3);
  return format("%.3g", rate);
}

}  // namespace

void RunReporter::planned(std::size_t total, std::size_t reused) {
  if (reused > 0) {
    terminal_.print(std::to_string(reused) + " of " + std::to_string(total) +
                    " runs were finished before");
  }
}

void RunReporter::started(const Run& run) {
  if (!terminal_.verbose()) return;
  terminal_.print("started " + cell_title(experiment_, *run.cell) + ", seed " +
                  std::to_string(run.seed));
}

void RunReporter::finished(const Run& run, double seconds) {
  if (!terminal_.verbose()) return;
  terminal_.print("finished " + cell_title(experiment_, *run.cell) + ", seed " +
                  std::to_string(run.seed) + " in " + duration_text(seconds));
}

void RunReporter::update_rate(const Progress& progress) {
  const double seconds = progress.seconds - rate_seconds_;
  if (seconds < 1.0 && rate_ > 0.0) return;
  rate_ = seconds > 0.0 ? (progress.rounds - rate_rounds_) / seconds : 0.0;
  rate_seconds_ = progress.seconds;
  rate_rounds_ = progress.rounds;
}

std::string RunReporter::line(const Progress& progress) const {
  std::string text =
      "runs " + std::to_string(progress.finished) + "/" + std::to_string(progress.total);
  if (const Run* run = progress.run) {
    text += " | round " + std::to_string(progress.round) + "/" + std::to_string(run->cell->horizon);
  }
  text += " | " + rate_text(rate_) + " rounds/s";
  if (progress.seconds_left) text += " | ETA " + duration_text(*progress.seconds_left);
  if (const Run* run = progress.run) {
    text += progress.cum_regret ? format(" | regret %.5g", *progress.cum_regret)
                                : format(" | reward %.5g", progress.cum_reward);
    text += " of " + cell_title(experiment_, *run->cell) + ", seed " + std::to_string(run->seed);
  }
  return text;
}

void RunReporter::progress(const Progress& progress) {
  if (!terminal_.shows_progress()) return;
  if (terminal_.redraws()) {
    if (progress.seconds < next_redraw_) return;
    next_redraw_ = progress.seconds + kRedrawInterval;
    update_rate(progress);
    terminal_.show(line(progress));
    return;
  }
  // A log grows slowly: lines after 10 s, 20 s, 40 s, ..., then every five minutes.
  if (progress.seconds < next_plain_line_) return;
  update_rate(progress);
  terminal_.print(line(progress));
  next_plain_line_ = progress.seconds + plain_interval_;
  plain_interval_ = std::min(2 * plain_interval_, kLongestPlainInterval);
}

}  // namespace cbsim::app
