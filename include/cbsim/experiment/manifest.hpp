#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "cbsim/experiment/experiment.hpp"
#include "cbsim/experiment/json_tree.hpp"

namespace cbsim {

/// What became of the runs of an experiment in one session.
struct Totals {
  std::size_t runs = 0;      ///< of the plan
  std::size_t computed = 0;  ///< in this session; a key shared by two labels counts for both
  std::size_t reused = 0;    ///< were finished before
  std::size_t failed = 0;
  std::size_t missing = 0;  ///< not run, because of an interruption or a failure
  double wall_seconds = 0.0;
  double cpu_seconds = 0.0;
};

/// One call of `cbsim run` on a folder.
struct Session {
  std::string command_line;
  int threads = 1;
  std::string started;  ///< UTC, ISO 8601
  std::string ended;    ///< empty while running
  Totals totals;
};

/// "2024-05-01T12:00:00Z"
std::string utc_now();

/// What manifest.json says: what ran, from which build, where and when.
JsonNode manifest_json(const Experiment& experiment, const Session& session);

/// Decides whether an experiment may write into a folder, without touching it: the folder is
/// missing, empty, or holds results of which the experiment repeats every cell and seed (it may add
/// more; names and labels do not matter). Results of another experiment need `force`, unless
/// there is no finished run to lose. A folder that is not ours is never taken.
/// Throws InputError saying what is there and what to do; IoError.
/// `staging`: the caller's own folder in it, if it has one already.
void check_folder(const std::filesystem::path& folder, const Experiment& experiment, bool force,
                  const std::filesystem::path& staging = {});

}  // namespace cbsim
