#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cbsim/experiment/run_writer.hpp"

namespace cbsim {

/// How a run is computed; the results do not depend on it.
struct RunSetup {
  int threads = 1;
  std::filesystem::path folder{};      ///< for its files: it exists and is empty
  std::filesystem::path checkpoint{};  ///< folder of its checkpoint; none is kept where it is empty
  double checkpoint_every = 60.0;      ///< seconds, at most
};

/// How a run ended.
struct RunEnd {
  bool complete = false;  ///< else it was stopped, and the folder holds nothing of use
  RefitCounts refits{};
  Index resumed_after = 0;  ///< rounds that came from a checkpoint
  std::vector<std::string> warnings{};
};

/// Computes one run, from its checkpoint if there is one, and writes its files. `watch` sees every
/// round, also those of a log that are passed over, and returns false to stop; then what has been
/// computed is kept as a checkpoint. In between a checkpoint is saved every `checkpoint_every`
/// seconds, and before that whenever a tenth of the time so far has passed, but not within a
/// second. A checkpoint that cannot be read or saved is a warning. Throws RunError, IoError.
RunEnd execute_run(const Run& run, const RecordSettings& record, const RunSetup& setup,
                   const RoundSink& watch);

}  // namespace cbsim
