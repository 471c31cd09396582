#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cbsim/experiment/result_folder.hpp"

namespace cbsim {

struct FailedRun {
  Seed seed = 0;
  std::string cause;
};

/// The runs of a cell by what became of them.
struct CellStatus {
  const Cell* cell = nullptr;
  std::vector<Seed> done, missing;
  std::vector<FailedRun> failed;  ///< and not done since
};

struct ExperimentStatus {
  std::vector<CellStatus> cells;  ///< in the order of the experiment
  std::size_t done = 0, missing = 0, failed = 0;
  std::size_t begun = 0;  ///< of the missing, those that have a checkpoint

  std::size_t runs() const { return done + missing + failed; }
};

/// What the folder holds of its experiment, to which the cells point.
ExperimentStatus status_of(const ResultFolder& results);

}  // namespace cbsim
