#include "run_json.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/build_info.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/input_file.hpp"
#include "cbsim/experiment/json_tree.hpp"
#include "stored_json.hpp"

namespace cbsim {
namespace {

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

bool holds(const JsonNode& stored, const RecordSettings& record) {
  return (!record.rounds || stored_member(stored, "rounds").truth) &&
         (!record.scores || stored_member(stored, "scores").truth) &&
         (record.weights == WeightsRecord::none ||
          stored_text(stored_member(stored, "weights")) == word(record.weights));
}

JsonNode seconds_json(const RunTimes& times) {
  JsonNode json = json_object();
  json.add("wall", json_number(times.wall));
  json.add("cpu", json_number(times.cpu));
  json.add("environment", json_number(times.environment));
  json.add("choose", json_number(times.choose));
  json.add("update", json_number(times.update));
  return json;
}

JsonNode refits_json(const RefitCounts& refits) {
  JsonNode json = json_object();
  json.add("count", json_integer(refits.refits));
  json.add("halvings", json_integer(refits.halvings));
  json.add("far_from_stationary", json_integer(refits.far_from_stationary));
  json.add("far_means_relative_gradient_above", json_number(kFarFromStationary));
  return json;
}

JsonNode record_json(const RecordSettings& record) {
  JsonNode json = json_object();
  json.add("rounds", json_boolean(record.rounds));
  json.add("scores", json_boolean(record.scores));
  json.add("weights", json_string(word(record.weights)));
  return json;
}

JsonNode build_json(const BuildInfo& build) {
  JsonNode json = json_object();
  json.add("version", json_string(build.version));
  json.add("commit", json_string(build.commit));
  json.add("dirty", json_boolean(build.dirty));
  json.add("simd", json_string(build.simd));
  return json;
}

}  // namespace

std::string run_json_text(const Run& run, Index rounds, const RecordSettings& record,
                          const RunTimes& times, const RefitCounts& refits,
                          const std::map<std::string, std::size_t>& sizes, std::string_view curve) {
  const Cell& cell = *run.cell;
  JsonNode swept_values = json_array(), files = json_object();
  for (const std::string& value : cell.swept_values) {
    swept_values.items.push_back(json_string(value));
  }
  for (const auto& [name, size] : sizes) files.add(name, json_integer(size));

  JsonNode json = json_object();
  json.add("status", json_string("done"));
  json.add("key", json_string(run.key));
  json.add("result_version", json_integer(kResultVersion));
  json.add("environment", json_string(cell.environment_type->name));
  json.add("policy", json_string(cell.policy_type->name));
  json.add("label", json_string(cell.policy_label));
  json.add("swept_values", std::move(swept_values));
  json.add("seed", json_integer(run.seed));
  json.add("horizon", json_integer(cell.horizon));
  json.add("rounds", json_integer(rounds));
  json.add("seconds", seconds_json(times));
  json.add("rounds_per_second",
           json_number(times.wall > 0 ? static_cast<double>(rounds) / times.wall : 0.0));
  json.add("refits", refits_json(refits));
  json.add("record", record_json(record));
  json.add("files", std::move(files));
  json.add("curve_hash", json_string(content_hash(curve)));
  json.add("build", build_json(build_info()));
  json.add("identity", json_string(cell.identity));
  return pretty_json(json) + '\n';
}

std::optional<FinishedRun> finished_run(const std::filesystem::path& folder, const Run& run,
                                        const RecordSettings& record) {
  if (!size_of_file(folder / "run.json")) return {};
  try {
    const JsonNode json = read_stored_json(folder / "run.json");
    const auto member = [&](std::string_view key) -> const JsonNode& {
      return stored_member(json, key);
    };
    if (stored_text(member("status")) != "done" || stored_text(member("key")) != run.key) return {};
    if (!holds(member("record"), record)) return {};
    for (const JsonMember& file : member("files").members) {
      if (std::ranges::find(kRunFiles, file.key) == kRunFiles.end()) return {};
      const auto size = stored_integer<std::uintmax_t>(file.value);
      if (size_of_file(folder / file.key) != size) return {};
    }
    if (member("files").find("curve.csv") == nullptr) return {};
    const Index rounds = stored_integer<Index>(member("rounds"));
    if (rounds < 1 || rounds > run.cell->horizon) return {};
    return FinishedRun{rounds, stored_text(member("curve_hash"))};
  } catch (const InputError&) {
    return {};
  }
}

}  // namespace cbsim
