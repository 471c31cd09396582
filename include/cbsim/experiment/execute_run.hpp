#pragma once

#include <filesystem>
#include <optional>

#include "cbsim/experiment/run_writer.hpp"

namespace cbsim {

/// Computes one run and writes its files into `folder`, which exists and is empty. `watch` sees
/// every round, also those of a log that are passed over, and returns false to stop. Nothing is
/// returned, and the folder holds nothing of use, when the run was stopped before its end. Throws
/// RunError, IoError.
std::optional<RefitCounts> execute_run(const Run& run, const RecordSettings& record, int threads,
                                       const std::filesystem::path& folder, const RoundSink& watch);

}  // namespace cbsim
