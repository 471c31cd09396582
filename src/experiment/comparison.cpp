#include "cbsim/experiment/comparison.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/seed_list.hpp"
#include "summary_worlds.hpp"

namespace cbsim {
namespace {

using Values = std::map<Seed, double>;

std::vector<std::string> list(const std::set<std::string>& names) {
  return {names.begin(), names.end()};
}

std::vector<double> numbers(const Values& values) {
  std::vector<double> list;
  for (const auto& [seed, value] : values) list.push_back(value);
  return list;
}

/// One call of `compare`.
class Comparing {
 public:
  Comparing(const SummaryTable& table, const CompareOptions& options)
      : table_(table), options_(options), worlds_(worlds_of(table)) {
    if (options_.select_seeds)
      select_.insert(options_.select_seeds->begin(), options_.select_seeds->end());
  }

  Comparison compare() {
    check_baseline();
    check_seeds();
    comparison_.swept_paths = table_.swept_paths;
    for (const WorldRows& world : worlds_) {
      comparison_.environments.push_back(compare(world));
    }
    add_notes();
    return std::move(comparison_);
  }

 private:
  void check_baseline() const {
    if (options_.baseline.empty()) return;
    std::vector<std::string_view> labels;
    std::set<std::string_view> seen;
    for (const SummaryRow& row : table_.rows) {
      if (row.policy == options_.baseline) return;
      if (seen.insert(row.policy).second) labels.push_back(row.policy);
    }
    const auto near = suggestion(options_.baseline, labels);
    const std::vector<std::string> known(labels.begin(), labels.end());
    throw InputError("--baseline " + options_.baseline + ": no policy of that label" +
                     (near.empty() ? "; there are " + some_of(known) : near));
  }

  void check_seeds() const {
    if (!options_.select_seeds) return;
    std::set<Seed> chosen, others;
    for (const SummaryRow& row : table_.rows) {
      (select_.contains(row.seed) ? chosen : others).insert(row.seed);
    }
    const std::vector<Seed> all(chosen.empty() ? others.begin() : chosen.begin(),
                                chosen.empty() ? others.end() : chosen.end());
    if (chosen.empty()) {
      throw InputError("--select-seeds: none of these seeds is in the table; it has the seeds " +
                       seeds_text(all));
    }
    if (others.empty()) {
      throw InputError("--select-seeds: no seed is left to report on; the table has the seeds " +
                       seeds_text(all) + " only");
    }
  }

  Metric metric_of(const WorldRows& world) const {
    const auto knows = [&](Metric metric) {
      return std::ranges::all_of(world.settings, [&](const SettingRows& setting) {
        return std::ranges::all_of(setting.rows, [&](const auto& entry) {
          const SummaryRow& row = *entry.second;
          return !row.done || row.figures[static_cast<std::size_t>(metric)].has_value();
        });
      });
    };
    const Metric wanted = options_.metric.value_or(Metric::cum_regret);
    if (knows(wanted)) return wanted;
    if (!options_.metric) return Metric::cum_reward;
    throw InputError("--metric " + std::string(metric_name(wanted)) +
                     ": unknown in the environment " + world.first->environment +
                     "; choose --metric cum_reward");
  }

  /// Of the seeds that are to choose by, or of those to report on.
  Values values_of(const SettingRows& setting, Metric metric, bool choosing) const {
    Values values;
    for (const auto& [seed, row] : setting.rows) {
      if (options_.select_seeds && select_.contains(seed) != choosing) continue;
      const auto& figure = row->figures[static_cast<std::size_t>(metric)];
      if (row->done && figure) values.emplace(seed, *figure);
    }
    return values;
  }

  bool is_better(double a, double b, Metric metric) const {
    return lower_is_better(metric) ? a < b : a > b;
  }

  /// The best setting of each policy that has a run to choose by.
  std::map<std::string, const SettingRows*> choose(const WorldRows& world, Metric metric) {
    std::map<std::string, const SettingRows*> best;
    std::map<std::string, double> means;
    for (const SettingRows& setting : world.settings) {
      const auto mean = estimate(numbers(values_of(setting, metric, true))).mean;
      if (!mean) continue;
      const auto [entry, is_new] = means.emplace(setting.policy, *mean);
      if (!is_new && !is_better(*mean, entry->second, metric)) continue;
      entry->second = *mean;
      best[setting.policy] = &setting;
    }
    for (const SettingRows& setting : world.settings) {
      if (!best.contains(setting.policy)) without_choice_.insert(setting.policy);
    }
    return best;
  }

  ComparedEnvironment compare(const WorldRows& world) {
    ComparedEnvironment result{world.first->experiment,
                               world.first->environment,
                               world.swept_values,
                               metric_of(world),
                               {}};
    const auto best = choose(world, result.metric);
    std::map<std::string, std::size_t> settings_of;
    for (const SettingRows& setting : world.settings) ++settings_of[setting.policy];

    const auto base = best.find(options_.baseline);
    const SettingRows* baseline = base == best.end() ? nullptr : base->second;
    for (const SettingRows& setting : world.settings) {
      const auto found = best.find(setting.policy);
      const bool is_best = found != best.end() && found->second == &setting;
      if (options_.select_seeds && !is_best) continue;
      const Values values = values_of(setting, result.metric, false);
      ComparedSetting& row = result.settings.emplace_back();
      row.policy = setting.policy;
      row.swept_values = setting.swept_values;
      row.estimate = estimate(numbers(values));
      row.median = median(numbers(values));
      row.best = is_best;
      row.has_rivals = settings_of[setting.policy] > 1;
      if (row.has_rivals) with_grid_.insert(setting.policy);
      if (baseline && baseline != &setting) {
        row.difference =
            difference(values, values_of(*baseline, result.metric, false), result.metric);
      }
    }
    return result;
  }

  PairedDifference difference(const Values& values, const Values& base, Metric metric) const {
    PairedDifference result;
    std::vector<double> differences;
    for (const auto& [seed, value] : values) {
      const auto found = base.find(seed);
      if (found == base.end()) continue;
      differences.push_back(value - found->second);
      if (is_better(value, found->second, metric)) ++result.wins;
      if (value == found->second) ++result.ties;
    }
    result.estimate = estimate(differences);
    return result;
  }

  void add_notes() {
    auto& notes = comparison_.notes;
    notes = notes_on(worlds_, table_.swept_paths);
    if (!without_choice_.empty()) {
      notes.push_back("no run to choose a setting by: " + some_of(list(without_choice_)));
    }
    if (!with_grid_.empty() && !options_.select_seeds) {
      notes.push_back("the best settings of " + some_of(list(with_grid_)) +
                      " are chosen on the seeds that they are reported on, which favours them; "
                      "--select-seeds A:B chooses on some seeds and reports on the others");
    }
  }

  const SummaryTable& table_;
  const CompareOptions& options_;
  const std::vector<WorldRows> worlds_;
  std::set<Seed> select_;
  Comparison comparison_;
  std::set<std::string> with_grid_, without_choice_;
};

}  // namespace

Comparison compare(const SummaryTable& table, const CompareOptions& options) {
  return Comparing(table, options).compare();
}

}  // namespace cbsim
