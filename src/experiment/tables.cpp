#include "cbsim/experiment/tables.hpp"

#include <charconv>
#include <string>

#include "cbsim/experiment/csv.hpp"
#include "cbsim/experiment/run_writer.hpp"

namespace cbsim {
namespace {

using Columns = std::vector<std::string>;

/// experiment, environment, policy, <swept paths>, seed, and then `rest`.
Columns table_columns(const Experiment& experiment, const Columns& rest) {
  Columns columns = {"experiment", "environment", "policy"};
  columns.insert(columns.end(), experiment.swept_paths.begin(), experiment.swept_paths.end());
  columns.emplace_back("seed");
  columns.insert(columns.end(), rest.begin(), rest.end());
  return columns;
}

/// The ids of a run as CSV.
std::string ids(const Experiment& experiment, const Run& run) {
  const Cell& cell = *run.cell;
  std::string text = csv_field(experiment.name) + ',' + csv_field(cell.environment_type->name) +
                     ',' + csv_field(cell.policy_label) + ',';
  for (const std::string& value : cell.swept_values) text += csv_field(value) + ',';
  return text += std::to_string(run.seed);
}

/// The figure at the start of `fields`, which are moved past it.
std::optional<double> take_figure(std::string_view& fields) {
  const auto comma = fields.find(',');
  const std::string_view text = fields.substr(0, comma);
  fields.remove_prefix(comma == std::string_view::npos ? fields.size() : comma + 1);
  double value = 0.0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return {};
  return value;
}

void copy_curve(const Curve& curve, const std::string& run_ids, CsvWriter& regret) {
  for (std::string_view rest = curve.rows; !rest.empty();) {
    const auto end = rest.find('\n');
    regret.raw(run_ids).raw(rest.substr(0, end)).end_row();
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

void make_tables(const std::filesystem::path& folder, const TablePaths& tables,
                 const Experiment& experiment, const std::vector<Run>& plan,
                 std::vector<RunOutcome>& outcomes) {
  CsvWriter regret(tables.regret, table_columns(experiment, curve_columns()));
  CsvWriter summary(tables.summary,
                    table_columns(experiment, {"horizon", "cum_regret", "cum_reward",
                                               "optimal_rate", "status", "key"}));
  for (std::size_t i = 0; i < plan.size(); ++i) {
    RunOutcome& outcome = outcomes[i];
    const Run& run = plan[i];
    std::optional<Curve> curve;
    if (outcome.status == RunStatus::done) {
      curve = load_curve(folder, run, experiment.record);
      if (!curve) outcome.status = RunStatus::missing;
    }
    if (outcome.status == RunStatus::missing) continue;

    const std::string run_ids = ids(experiment, run);
    summary.raw(run_ids).integer(curve ? curve->rounds : run.cell->horizon);
    summary.raw(curve ? curve->last : ",,");
    summary.text(curve ? "done" : "failed").text(run.key).end_row();
    if (!curve) continue;
    copy_curve(*curve, run_ids, regret);
    std::string_view figures = curve->last;
    outcome.cum_regret = take_figure(figures);
    outcome.cum_reward = take_figure(figures);
  }
  regret.finish();
  summary.finish();
}

void write_tables(const RunStore& store, const Experiment& experiment, const std::vector<Run>& plan,
                  std::vector<RunOutcome>& outcomes) {
  const TablePaths staged{store.stage_file("regret.csv"), store.stage_file("summary.csv")};
  make_tables(store.folder(), staged, experiment, plan, outcomes);
  store.publish_file("regret.csv");
  store.publish_file("summary.csv");
}

}  // namespace cbsim
