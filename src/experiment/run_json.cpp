#include "run_json.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/build_info.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/input_file.hpp"
#include "cbsim/experiment/memory_reserve.hpp"
#include "stored_json.hpp"

namespace cbsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kRunFiles = {"curve.csv", "rounds.csv", "scores.csv",
                                                       "weights.csv"};

const char* word(WeightsRecord weights) {
  switch (weights) {
    case WeightsRecord::none:
      return "none";
    case WeightsRecord::initial:
      return "initial";
    case WeightsRecord::final:
      return "final";
  }
  return "";
}

bool holds(const nlohmann::json& stored, const RecordSettings& record) {
  return (!record.rounds || stored.at("rounds") == true) &&
         (!record.scores || stored.at("scores") == true) &&
         (record.weights == WeightsRecord::none || stored.at("weights") == word(record.weights));
}

}  // namespace

std::string run_json_text(const Run& run, Index rounds, const RecordSettings& record,
                          const RunTimes& times, const RefitCounts& refits,
                          const std::map<std::string, std::size_t>& sizes, std::string_view curve) {
  const Cell& cell = *run.cell;
  const double rate = times.wall > 0 ? static_cast<double>(rounds) / times.wall : 0.0;
  const BuildInfo& build = build_info();
  const ReserveUse reserve;
  Json json = {
      {"status", "done"},
      {"key", run.key},
      {"result_version", kResultVersion},
      {"environment", cell.environment_type->name},
      {"policy", cell.policy_type->name},
      {"label", cell.policy_label},
      {"swept_values", cell.swept_values},
      {"seed", run.seed},
      {"horizon", cell.horizon},
      {"rounds", rounds},
      {"seconds",
       {{"wall", times.wall},
        {"cpu", times.cpu},
        {"environment", times.environment},
        {"choose", times.choose},
        {"update", times.update}}},
      {"rounds_per_second", rate},
      {"refits",
       {{"count", refits.refits},
        {"halvings", refits.halvings},
        {"far_from_stationary", refits.far_from_stationary},
        {"far_means_relative_gradient_above", kFarFromStationary}}},
      {"record",
       {{"rounds", record.rounds}, {"scores", record.scores}, {"weights", word(record.weights)}}},
      {"files", sizes},
      {"curve_hash", content_hash(curve)},
      {"build",
       {{"version", build.version},
        {"commit", build.commit},
        {"dirty", build.dirty},
        {"simd", build.simd}}},
      {"identity", cell.identity},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::optional<FinishedRun> finished_run(const std::filesystem::path& folder, const Run& run,
                                        const RecordSettings& record) {
  if (!size_of_file(folder / "run.json")) return {};
  const ReserveUse reserve;
  try {
    const nlohmann::json json = read_stored_json(folder / "run.json");
    if (json.at("status") != "done" || json.at("key") != run.key) return {};
    if (!holds(json.at("record"), record)) return {};
    for (const auto& [name, size] : json.at("files").items()) {
      if (std::ranges::find(kRunFiles, name) == kRunFiles.end()) return {};
      if (size_of_file(folder / name) != stored_integer<std::uintmax_t>(size)) return {};
    }
    if (!json.at("files").contains("curve.csv")) return {};
    const Index horizon = run.cell->horizon;
    const Index rounds =
        json.contains("rounds") ? stored_integer<Index>(json.at("rounds")) : horizon;
    if (rounds < 1 || rounds > horizon) return {};
    return FinishedRun{rounds, json.at("curve_hash")};
  } catch (const InputError&) {
    return {};
  } catch (const Json::exception&) {
    return {};
  }
}

}  // namespace cbsim
