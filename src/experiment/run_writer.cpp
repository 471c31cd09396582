#include "cbsim/experiment/run_writer.hpp"

#include <algorithm>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/record_points.hpp"
#include "run_json.hpp"

namespace cbsim {
namespace {

const std::vector<std::string> kRoundsColumns = {
    "t",          "arm",           "best_arm", "reward",  "expected_reward", "regret",
    "cum_regret", "mean",          "bonus",    "score",   "loss_start",      "loss_end",
    "steps",      "learning_rate", "drift",    "log_det", "effective_dim"};
const std::vector<std::string> kScoresColumns = {"t", "arm", "mean", "bonus", "score"};

std::optional<double> entry(const Vector& values, Index arm) {
  if (values.size() == 0) return {};
  return values(arm);
}

void add_scores(CsvWriter& csv, const Scores& scores, Index arm) {
  csv.number(entry(scores.mean, arm))
      .number(entry(scores.bonus, arm))
      .number(entry(scores.score, arm));
}

}  // namespace

const std::vector<std::string>& curve_columns() {
  static const std::vector<std::string> columns = {"t", "cum_regret", "cum_reward", "optimal_rate"};
  return columns;
}

RunWriter::RunWriter(std::filesystem::path folder, const Run& run, const RecordSettings& record)
    : folder_(std::move(folder)),
      run_(run),
      record_(record),
      arms_(run.cell->environment->facts().shape.arms),
      points_(record_points(run.cell->horizon, record.points, record.spacing)),
      curve_(folder_ / "curve.csv", curve_columns()) {
  if (record.rounds) rounds_.emplace(folder_ / "rounds.csv", kRoundsColumns);
  if (record.scores) scores_.emplace(folder_ / "scores.csv", kScoresColumns);
}

void RunWriter::add(const RoundRecord& round) {
  if (const auto& fit = round.diagnostics.fit) {
    ++refits_.refits;
    refits_.halvings += fit->halvings;
    if (fit->relative_gradient > kFarFromStationary) ++refits_.far_from_stationary;
  }
  try {
    require_finite(round.cum_reward, "cum_reward");
    require_finite(round.cum_regret, "cum_regret");
    add_row(round);
  } catch (const RunError& error) {
    throw RunError("round " + std::to_string(round.t) + ": " + error.what());
  }
}

void RunWriter::add_row(const RoundRecord& round) {
  last_ = {.t = round.t, .cum_reward = round.cum_reward};
  if (round.regret) {
    last_.cum_regret = round.cum_regret;
    last_.optimal_rate = static_cast<double>(round.optimal_rounds) / static_cast<double>(round.t);
  }
  if (next_point_ < points_.size() && round.t == points_[next_point_]) {
    add_curve_row(last_);
    ++next_point_;
  }
  if (rounds_) add_rounds_row(round);
  if (scores_) add_scores_rows(round);
}

void RunWriter::add_curve_row(const CurvePoint& point) {
  curve_.integer(point.t).number(point.cum_regret).number(point.cum_reward);
  curve_.number(point.optimal_rate).end_row();
}

void RunWriter::add_rounds_row(const RoundRecord& round) {
  CsvWriter& csv = *rounds_;
  csv.integer(round.t).integer(round.arm);
  round.best_arm ? csv.integer(*round.best_arm) : csv.empty();
  csv.number(round.reward).number(round.expected_reward).number(round.regret);
  round.regret ? csv.number(round.cum_regret) : csv.empty();
  add_scores(csv, round.scores, round.arm);
  if (const auto& fit = round.diagnostics.fit) {
    csv.number(fit->loss_start).number(fit->loss_end);
    csv.integer(fit->steps).number(fit->learning_rate);
  } else {
    csv.empty().empty().empty().empty();
  }
  const Diagnostics& inner = round.diagnostics;
  csv.number(inner.drift).number(inner.log_det).number(inner.effective_dim);
  csv.end_row();
}

void RunWriter::add_scores_rows(const RoundRecord& round) {
  for (Index arm = 0; arm < arms_; ++arm) {
    scores_->integer(round.t).integer(arm);
    add_scores(*scores_, round.scores, arm);
    scores_->end_row();
  }
}

void RunWriter::weights(const Vector& theta) {
  if (theta.size() == 0) return;
  OutputFile file(folder_ / "weights.csv");
  for (const double weight : theta) file.write(number_text(weight, "a weight") + '\n');
  close(file);
}

void RunWriter::finish(const RunTimes& times) {
  if (next_point_ == 0 || points_[next_point_ - 1] != last_.t) add_curve_row(last_);
  const std::string curve = curve_.file().read_back(0);
  close(curve_.file());
  if (rounds_) close(rounds_->file());
  if (scores_) close(scores_->file());
  OutputFile file(folder_ / "run.json");
  file.write(run_json_text(run_, last_.t, record_, times, refits_, sizes_, curve));
  file.close();
}

void RunWriter::state(StateArchive& archive) {
  archive.count(last_.t);
  const auto next = std::ranges::upper_bound(points_, last_.t);
  next_point_ = static_cast<std::size_t>(next - points_.begin());
  archive.value(last_.cum_regret);
  archive.value(last_.cum_reward);
  archive.value(last_.optimal_rate);
  archive.count(refits_.refits);
  archive.count(refits_.halvings);
  archive.count(refits_.far_from_stationary);
  curve_.state(archive);
  if (rounds_) rounds_->state(archive);
  if (scores_) scores_->state(archive);
}

void RunWriter::close(OutputFile& file) {
  file.close();
  sizes_[file.path().filename().string()] = file.size();
}

}  // namespace cbsim
