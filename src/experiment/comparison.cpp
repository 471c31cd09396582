#include "cbsim/experiment/comparison.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/seed_list.hpp"
#include "cbsim/experiment/stored_manifest.hpp"

namespace cbsim {
namespace {

using Values = std::map<Seed, double>;

/// The rows of a policy with one choice of the swept values, in one environment.
struct Setting {
  std::string policy;
  std::vector<std::string> swept_values;
  std::map<Seed, const SummaryRow*> rows;
};

struct World {
  const SummaryRow* first = nullptr;
  std::vector<std::string> swept_values;  ///< of the environment
  std::vector<Setting> settings;          ///< in the order of the table
};

bool is_of_a_policy(const std::string& path) { return path.starts_with("policies."); }

std::vector<double> numbers(const Values& values) {
  std::vector<double> list;
  for (const auto& [seed, value] : values) list.push_back(value);
  return list;
}

class Worlds {
 public:
  explicit Worlds(const SummaryTable& table) : table_(table) {
    for (const SummaryRow& row : table.rows) add(row);
  }
  const std::vector<World>& list() const { return list_; }

 private:
  void add(const SummaryRow& row) {
    std::vector<std::string> values = row.swept_values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_of_a_policy(table_.swept_paths[i])) values[i].clear();
    }
    std::vector<std::string> name = {row.experiment, row.environment};
    name.insert(name.end(), values.begin(), values.end());
    const auto [world_entry, new_world] = worlds_.emplace(name, list_.size());
    if (new_world) list_.push_back({&row, std::move(values), {}});
    World& world = list_[world_entry->second];

    name.push_back(row.policy);
    name.insert(name.end(), row.swept_values.begin(), row.swept_values.end());
    const auto [entry, new_setting] = settings_.emplace(name, world.settings.size());
    if (new_setting) world.settings.push_back({row.policy, row.swept_values, {}});
    const auto [found, new_seed] = world.settings[entry->second].rows.emplace(row.seed, &row);
    // A grid may name a value twice; its runs are the same then.
    if (!new_seed && found->second->key != row.key) {
      throw InputError("summary.csv: seed " + std::to_string(row.seed) + " of " + row.policy +
                       " on " + row.environment +
                       " is there twice with different keys; make the table anew with cbsim merge");
    }
  }

  const SummaryTable& table_;
  std::vector<World> list_;
  std::map<std::vector<std::string>, std::size_t> worlds_, settings_;
};

/// One call of `compare`.
class Comparing {
 public:
  Comparing(const SummaryTable& table, const CompareOptions& options)
      : table_(table), options_(options), worlds_(table) {
    if (options_.select_seeds) select_.insert(options_.select_seeds->begin(), options_.select_seeds->end());
  }

  Comparison compare() {
    check_baseline();
    check_seeds();
    comparison_.swept_paths = table_.swept_paths;
    for (const World& world : worlds_.list()) {
      comparison_.environments.push_back(compare(world));
      note_rows(world);
    }
    add_notes();
    return std::move(comparison_);
  }

 private:
  void check_baseline() const {
    if (options_.baseline.empty()) return;
    std::vector<std::string_view> labels;
    for (const SummaryRow& row : table_.rows) {
      if (row.policy == options_.baseline) return;
      if (std::ranges::find(labels, row.policy) == labels.end()) labels.push_back(row.policy);
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

  Metric metric_of(const World& world) const {
    const auto knows = [&](Metric metric) {
      return std::ranges::all_of(world.settings, [&](const Setting& setting) {
        return std::ranges::all_of(setting.rows, [&](const auto& entry) {
          const SummaryRow& row = *entry.second;
          return !row.done || row.figures[static_cast<std::size_t>(metric)].has_value();
        });
      });
    };
    const Metric wanted = options_.metric.value_or(Metric::cum_regret);
    if (knows(wanted)) return wanted;
    if (!options_.metric) return Metric::cum_reward;
    throw InputError("--metric " + std::string(metric_name(wanted)) + ": unknown in the environment " +
                     world.first->environment + "; choose --metric cum_reward");
  }

  /// Of the seeds that are to choose by, or of those to report on.
  Values values_of(const Setting& setting, Metric metric, bool choosing) const {
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
  std::map<std::string, const Setting*> choose(const World& world, Metric metric) {
    std::map<std::string, const Setting*> best;
    std::map<std::string, double> means;
    for (const Setting& setting : world.settings) {
      const auto mean = estimate(numbers(values_of(setting, metric, true))).mean;
      if (!mean) continue;
      const auto [entry, is_new] = means.emplace(setting.policy, *mean);
      if (!is_new && !is_better(*mean, entry->second, metric)) continue;
      entry->second = *mean;
      best[setting.policy] = &setting;
    }
    for (const Setting& setting : world.settings) {
      if (!best.contains(setting.policy)) without_choice_.insert(setting.policy);
    }
    return best;
  }

  ComparedEnvironment compare(const World& world) {
    ComparedEnvironment result{world.first->experiment, world.first->environment,
                               world.swept_values, metric_of(world), {}};
    const auto best = choose(world, result.metric);
    std::map<std::string, std::size_t> settings_of;
    for (const Setting& setting : world.settings) ++settings_of[setting.policy];

    const auto base = best.find(options_.baseline);
    const Setting* baseline = base == best.end() ? nullptr : base->second;
    for (const Setting& setting : world.settings) {
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
        row.difference = difference(values, values_of(*baseline, result.metric, false),
                                    result.metric);
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

  void note_rows(const World& world) {
    std::set<Seed> seeds;
    std::set<Index> horizons;
    for (const Setting& setting : world.settings) {
      for (const auto& [seed, row] : setting.rows) {
        seeds.insert(seed);
        if (row->done) horizons.insert(row->horizon);
      }
    }
    for (const Setting& setting : world.settings) {
      std::vector<Seed> failed, missing;
      for (const Seed seed : seeds) {
        const auto found = setting.rows.find(seed);
        if (found == setting.rows.end()) {
          missing.push_back(seed);
        } else if (!found->second->done) {
          failed.push_back(seed);
        }
      }
      note_seeds(setting, failed, failed_);
      note_seeds(setting, missing, missing_);
    }
    if (horizons.size() < 2) return;
    const std::string place = settings_text(table_.swept_paths, world.swept_values, "");
    comparison_.notes.push_back("in the environment " + world.first->environment +
                                (place.empty() ? "" : " (" + place + ")") + " runs end after " +
                                std::to_string(*horizons.begin()) + " to " +
                                std::to_string(*horizons.rbegin()) +
                                " rounds, so that sums over rounds do not compare");
  }

  void note_seeds(const Setting& setting, const std::vector<Seed>& seeds,
                  std::vector<std::string>& notes) const {
    if (seeds.empty()) return;
    const std::string place =
        settings_text(table_.swept_paths, setting.swept_values, setting.policy);
    notes.push_back(setting.policy + (place.empty() ? "" : " (" + place + ")") +
                    (seeds.size() == 1 ? " seed " : " seeds ") + seeds_text(seeds));
  }

  void add_notes() {
    auto& notes = comparison_.notes;
    if (!failed_.empty()) notes.push_back("failed and left out: " + some_of(failed_));
    if (!missing_.empty()) {
      notes.push_back("missing and left out: " + some_of(missing_) +
                      "; cbsim status says what is to be run");
    }
    if (!without_choice_.empty()) {
      notes.push_back("no run to choose a setting by: " +
                      some_of({without_choice_.begin(), without_choice_.end()}));
    }
    if (!with_grid_.empty() && !options_.select_seeds) {
      notes.push_back("the best settings of " + some_of({with_grid_.begin(), with_grid_.end()}) +
                      " are chosen on the seeds that they are reported on, which favours them; "
                      "--select-seeds A:B chooses on some seeds and reports on the others");
    }
  }

  const SummaryTable& table_;
  const CompareOptions& options_;
  const Worlds worlds_;
  std::set<Seed> select_;
  Comparison comparison_;
  std::vector<std::string> failed_, missing_;
  std::set<std::string> with_grid_, without_choice_;
};

}  // namespace

std::string settings_text(const std::vector<std::string>& paths,
                          const std::vector<std::string>& values, const std::string& policy) {
  std::string text;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (values[i].empty()) continue;
    std::string_view path = paths[i];
    if (is_of_a_policy(paths[i])) {
      path.remove_prefix(std::string_view("policies.").size());
      const bool by_label = path.starts_with(policy + '.');
      path.remove_prefix(by_label ? policy.size() + 1 : path.find('.') + 1);
    } else if (path.starts_with("environment.")) {
      path.remove_prefix(std::string_view("environment.").size());
    }
    text += (text.empty() ? "" : ", ") + std::string(path) + '=' + values[i];
  }
  return text;
}

Comparison compare(const SummaryTable& table, const CompareOptions& options) {
  return Comparing(table, options).compare();
}

}  // namespace cbsim
