#include "cbsim/experiment/run_store.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <system_error>
#include <utility>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/input_file.hpp"
#include "cbsim/experiment/record_points.hpp"
#include "cbsim/experiment/run_writer.hpp"
#include "run_json.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

/// Runs from which on one wait for the whole file system is shorter than one for each of their
/// files.
constexpr std::size_t kSharedWait = 4;

bool is_finite_number(std::string_view text) {
  const auto value = parsed<double>(text);
  return value && std::isfinite(*value);
}

/// Whether a row is `t,` and three fields, each a finite number or, but for the reward, empty.
bool is_row(std::string_view row, Index t) {
  const std::string start = std::to_string(t) + ',';
  if (!row.starts_with(start) || std::ranges::count(row, ',') != 3) return false;
  row.remove_prefix(start.size());
  for (int field = 0; field < 3; ++field) {
    const auto comma = row.find(',');
    const std::string_view text = row.substr(0, comma);
    if (text.empty() ? field == 1 : !is_finite_number(text)) return false;
    row.remove_prefix(comma == std::string_view::npos ? row.size() : comma + 1);
  }
  return true;
}

/// The rounds at which the curve of a run that ended after `rounds` has a row.
std::vector<Index> points_of(const Run& run, const RecordSettings& record, Index rounds) {
  std::vector<Index> points = record_points(run.cell->horizon, record.points, record.spacing);
  points.erase(std::ranges::lower_bound(points, rounds), points.end());
  points.push_back(rounds);
  return points;
}

/// `points` has one at least, and its last is that of the run.
std::optional<Curve> parse_curve(std::string_view text, const std::vector<Index>& points) {
  std::string header;
  for (const std::string& column : curve_columns()) header += (header.empty() ? "" : ",") + column;
  header += '\n';
  if (!text.starts_with(header)) return {};
  Curve curve{points.back(), std::string(text.substr(header.size())), {}};
  std::string_view rest = curve.rows, row;
  for (const Index t : points) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    row = rest.substr(0, end);
    if (!is_row(row, t)) return {};
    rest.remove_prefix(end + 1);
  }
  if (!rest.empty()) return {};
  curve.last = row.substr(row.find(',') + 1);
  return curve;
}

}  // namespace

RunStore::RunStore(fs::path folder) : folder_(std::move(folder)) {
  const bool existed = is_there(folder_);
  make_folders(folder_);
  try {
    staging_.emplace(folder_);
  } catch (...) {
    std::error_code ignored;
    if (!existed) fs::remove(folder_, ignored);
    throw;
  }
}

std::optional<Curve> load_curve(const fs::path& folder, const Run& run,
                                const RecordSettings& record) {
  const fs::path run_folder = folder / "runs" / run.key;
  const auto finished = finished_run(run_folder, run, record);
  if (!finished) return {};
  try {
    const auto text = read_if_there(run_folder / "curve.csv");
    if (!text || content_hash(*text) != finished->curve_hash) return {};
    return parse_curve(*text, points_of(run, record, finished->rounds));
  } catch (const InputError&) {  // beyond all size
    return {};
  }
}

fs::path RunStore::staged_folder(const std::string& key) const { return staging_->path() / key; }

fs::path RunStore::stage(const std::string& key) const {
  fs::path staged = staged_folder(key);
  make_inner_folder(staged);
  return staged;
}

void RunStore::publish(std::span<const std::string> keys) const {
  if (keys.size() >= kSharedWait) {
    sync_file_system(folder_);
  } else {
    for (const std::string& key : keys) sync_files(staged_folder(key));
  }
  make_inner_folder(folder_ / "runs");
  for (const std::string& key : keys) put_in_place(key);
  sync_folder(folder_ / "runs");
  for (const std::string& key : keys) remove_tree(checkpoint_folder(key));
}

// A folder cannot be renamed onto one with files in it: the two change places. Where a file system
// cannot do that, what is there steps aside; another process may put its own copy of this run there
// in between, then once more.
void RunStore::put_in_place(const std::string& key) const {
  const fs::path staged = staged_folder(key), target = run_folder(key);
  const fs::path old = staging_->path() / (key + ".old");
  std::error_code error;
  for (int attempt = 0; attempt < 10; ++attempt) {
    fs::rename(staged, target, error);
    if (!error) return remove_tree(old);
    if (error != std::errc::directory_not_empty && error != std::errc::file_exists &&
        error != std::errc::not_a_directory) {
      break;
    }
    if (::renameat2(AT_FDCWD, staged.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) {
      return remove_tree(staged);
    }
    remove_tree(old);
    std::error_code gone;
    fs::rename(target, old, gone);
  }
  throw IoError("cannot create " + target.string() + ": " + error.message());
}

void RunStore::discard_checkpoints(const std::function<bool(const std::string&)>& done) const {
  const fs::path all = folder_ / "checkpoints";
  if (!is_own_folder(all)) return;
  for (const fs::path& checkpoint : entries(all)) {
    if (done(checkpoint.filename())) remove_tree(checkpoint);
  }
  std::error_code not_empty;
  fs::remove(all, not_empty);
}

fs::path RunStore::stage_file(const std::string& name) const { return staging_->path() / name; }

void RunStore::publish_file(const std::string& name) const {
  rename_path(stage_file(name), folder_ / name);
  sync_folder(folder_);
}

void RunStore::write_file(const std::string& name, std::string_view text) const {
  OutputFile file(stage_file(name));
  file.write(text);
  file.finish();
  publish_file(name);
}

}  // namespace cbsim
