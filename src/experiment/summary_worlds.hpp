#pragma once

#include <map>
#include <string>
#include <vector>

#include "cbsim/experiment/summary_table.hpp"

namespace cbsim {

/// The rows of a policy with one choice of the swept values, in one world.
struct SettingRows {
  std::string policy;
  std::vector<std::string> swept_values;
  std::map<Seed, const SummaryRow*> rows;
};

/// An environment with one choice of its swept values.
struct WorldRows {
  const SummaryRow* first = nullptr;
  std::vector<std::string> swept_values;  ///< empty at the paths of policies
  std::vector<SettingRows> settings;
};

/// The rows of a table, which must outlive the worlds, in its order. Throws InputError where a row
/// is there twice with different keys.
std::vector<WorldRows> worlds_of(const SummaryTable& table);

/// Which runs failed or are missing, seen from those of the same world, and where runs end after
/// different numbers of rounds.
std::vector<std::string> notes_on(const std::vector<WorldRows>& worlds,
                                  const std::vector<std::string>& paths);

}  // namespace cbsim
