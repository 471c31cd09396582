#include "summary_worlds.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/comparison.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/seed_list.hpp"

namespace cbsim {
namespace {

bool is_of_a_policy(const std::string& path) { return path.starts_with("policies."); }

class Grouping {
 public:
  explicit Grouping(const SummaryTable& table) : table_(table) {
    for (const SummaryRow& row : table.rows) add(row);
  }

  std::vector<WorldRows> worlds;

 private:
  void add(const SummaryRow& row) {
    std::vector<std::string> values = row.swept_values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_of_a_policy(table_.swept_paths[i])) values[i].clear();
    }
    std::vector<std::string> name = {row.experiment, row.environment};
    name.insert(name.end(), values.begin(), values.end());
    const auto [world_entry, new_world] = numbers_.emplace(name, worlds.size());
    if (new_world) worlds.push_back({&row, std::move(values), {}});
    WorldRows& world = worlds[world_entry->second];

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
  std::map<std::vector<std::string>, std::size_t> numbers_, settings_;
};

/// "A (gamma=0.1) seeds 1-2", in the list of what is wrong with such seeds.
void note(const SettingRows& setting, const std::vector<Seed>& seeds,
          const std::vector<std::string>& paths, std::vector<std::string>& list) {
  if (seeds.empty()) return;
  const std::string place = settings_text(paths, setting.swept_values, setting.policy);
  list.push_back(setting.policy + (place.empty() ? "" : " (" + place + ")") +
                 (seeds.size() == 1 ? " seed " : " seeds ") + seeds_text(seeds));
}

/// Empty where all runs that are done have the same number of rounds.
std::string note_on_rounds(const WorldRows& world, const std::vector<std::string>& paths) {
  std::set<Index> rounds;
  for (const SettingRows& setting : world.settings) {
    for (const auto& [seed, row] : setting.rows) {
      if (row->done) rounds.insert(row->horizon);
    }
  }
  if (rounds.size() < 2) return {};
  const std::string place = settings_text(paths, world.swept_values, "");
  return "in the environment " + world.first->environment +
         (place.empty() ? "" : " (" + place + ")") + " runs end after " +
         std::to_string(*rounds.begin()) + " to " + std::to_string(*rounds.rbegin()) +
         " rounds, so that sums over rounds do not compare";
}

}  // namespace

std::vector<WorldRows> worlds_of(const SummaryTable& table) { return Grouping(table).worlds; }

std::vector<std::string> notes_on(const std::vector<WorldRows>& worlds,
                                  const std::vector<std::string>& paths) {
  std::vector<std::string> notes, failures, gaps;
  for (const WorldRows& world : worlds) {
    std::set<Seed> seeds;
    for (const SettingRows& setting : world.settings) {
      for (const auto& [seed, row] : setting.rows) seeds.insert(seed);
    }
    for (const SettingRows& setting : world.settings) {
      std::vector<Seed> failed, missing;
      for (const auto& [seed, row] : setting.rows) {
        if (!row->done) failed.push_back(seed);
      }
      note(setting, failed, paths, failures);
      if (setting.rows.size() == seeds.size()) continue;
      // Of those that are only counted the seeds need not be known.
      if (gaps.size() < kMostNamed) {
        std::ranges::copy_if(seeds, std::back_inserter(missing),
                             [&](Seed seed) { return !setting.rows.contains(seed); });
        note(setting, missing, paths, gaps);
      } else {
        gaps.emplace_back();
      }
    }
    if (auto text = note_on_rounds(world, paths); !text.empty()) notes.push_back(std::move(text));
  }
  if (!failures.empty()) notes.push_back("failed and left out: " + some_of(failures));
  if (!gaps.empty()) {
    notes.push_back("missing and left out: " + some_of(gaps) +
                    "; cbsim status says what is to be run");
  }
  return notes;
}

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

}  // namespace cbsim
