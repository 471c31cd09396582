#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cbsim/experiment/status.hpp"

namespace cbsim {

struct MergeReport {
  ExperimentStatus status;  ///< with what the other folders have
  std::size_t copied = 0;   ///< runs, from the other folders
  bool written = false;     ///< the tables
  /// "A/manifest.json and B/manifest.json differ in simd (AVX2+FMA and AVX-512)"
  std::vector<std::string> differences;
};

/// Rebuilds regret.csv and summary.csv of `into`, byte for byte those of one uninterrupted
/// `cbsim run`, from its finished runs and, copied whole, those that only the folders of `others`
/// have. Where runs are missing everywhere nothing is written unless `partial`; a run that failed
/// is not missing, but a row of the summary. Throws IoError; InputError where another folder is not
/// of this experiment.
MergeReport merge_results(const ResultFolder& into, std::span<const std::filesystem::path> others,
                          bool partial);

}  // namespace cbsim
