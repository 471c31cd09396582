#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/run_writer.hpp"

namespace cbsim {

/// The text of run.json of a run that is finished after that many rounds. `sizes`: bytes of the
/// other files by name. `curve`: the text of curve.csv, whose hash is kept.
std::string run_json_text(const Run& run, Index rounds, const RecordSettings& record,
                          const RunTimes& times, const RefitCounts& refits,
                          const std::map<std::string, std::size_t>& sizes, std::string_view curve);

struct FinishedRun {
  Index rounds = 0;
  std::string curve_hash;  ///< content_hash of the curve.csv that was written
};

/// What run.json in the folder of a run says, where it parses, is that of `run` and lists files
/// that are all there in their full size and hold all that `record` asks for; a doubtful run
/// is not finished. Throws IoError.
std::optional<FinishedRun> finished_run(const std::filesystem::path& folder, const Run& run,
                                        const RecordSettings& record);

}  // namespace cbsim
