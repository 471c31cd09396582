#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "cbsim/experiment/result_folder.hpp"

namespace cbsim {

enum class Agreement {
  exact,      ///< the same bytes
  rounding,   ///< no number is off by more than kRounding of the largest of its column
  different,  ///< anything else; also a run that failed this time
};

/// What builds for other processors or by other compilers may differ by, in double precision.
constexpr double kRounding = 1e-9;

struct VerifiedRun {
  const Run* run = nullptr;
  Agreement agreement = Agreement::exact;
  std::string difference{};  ///< "rounds.csv, row 12, mean: 0.1 and 0.2 (relative 5e-01)"
};

struct VerifyOptions {
  std::size_t runs = 3;  ///< at most; those that are run again lie evenly among the finished ones
  int threads = 1;
};

struct VerifyReport {
  std::vector<Run> plan{};            ///< its cells are those of the folder's experiment
  std::size_t finished = 0;           ///< runs of the folder
  std::vector<VerifiedRun> runs{};    ///< of `plan`, as they ended
  std::vector<const Run*> damaged{};  ///< whose files are not as they were written: not finished
  std::vector<std::string> tables{};  ///< what is wrong in regret.csv and summary.csv
  /// In what the build and machine of each session that wrote the folder differ from these.
  std::vector<std::string> other_machines{};
};

/// Runs some of the finished runs of a folder again, elsewhere, and compares all their CSV files;
/// and the folder's tables, where it has them and no run is damaged, with those that all its runs
/// give. Nothing is written into the folder. When `stop` becomes non-zero the rest is left. Throws
/// InputError where the memory does not suffice, IoError.
VerifyReport verify_results(const ResultFolder& results, const VerifyOptions& options,
                            const std::function<void(const VerifiedRun&)>& verified,
                            const std::atomic<int>& stop);

}  // namespace cbsim
