#include "cbsim/experiment/manifest.hpp"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <utility>

#include "cbsim/core/text.hpp"
#include "cbsim/experiment/build_info.hpp"
#include "cbsim/experiment/run_plan.hpp"

namespace cbsim {
namespace {

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

JsonNode build_json() {
  const BuildInfo& build = build_info();
  JsonNode libraries = json_object();
  for (const auto& [name, version] : build.libraries) libraries.add(name, json_string(version));
  JsonNode json = json_object();
  json.add("version", json_string(build.version));
  json.add("commit", json_string(build.commit));
  json.add("dirty", json_boolean(build.dirty));
  json.add("compiler", json_string(build.compiler));
  json.add("build_type", json_string(build.build_type));
  json.add("flags", json_string(build.flags));
  json.add("simd", json_string(build.simd));
  json.add("libraries", std::move(libraries));
  return json;
}

JsonNode cell_json(const Experiment& experiment, const Cell& cell) {
  JsonNode json = json_object();
  json.add("title", json_string(cell_title(experiment, cell)));
  json.add("environment", json_string(cell.environment_type->name));
  json.add("policy", json_string(cell.policy_type->name));
  json.add("horizon", json_integer(cell.horizon));
  json.add("identity", json_string(identity_hash(cell.identity)));
  return json;
}

JsonNode experiment_json(const Experiment& experiment) {
  JsonNode seeds = json_array(), cells = json_array();
  for (const Seed seed : experiment.seeds) seeds.items.push_back(json_integer(seed));
  for (const Cell& cell : experiment.cells) cells.items.push_back(cell_json(experiment, cell));
  JsonNode json = json_object();
  json.add("name", json_string(experiment.name));
  json.add("seeds", std::move(seeds));
  json.add("cells", std::move(cells));
  return json;
}

JsonNode totals_json(const Totals& totals) {
  JsonNode json = json_object();
  json.add("runs", json_integer(totals.runs));
  json.add("computed", json_integer(totals.computed));
  json.add("reused", json_integer(totals.reused));
  json.add("failed", json_integer(totals.failed));
  json.add("missing", json_integer(totals.missing));
  json.add("wall_seconds", json_number(totals.wall_seconds));
  json.add("cpu_seconds", json_number(totals.cpu_seconds));
  return json;
}

}  // namespace

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

JsonNode manifest_json(const Experiment& experiment, const Session& session) {
  const bool ended = !session.ended.empty();
  JsonNode json = json_object();
  json.add("program", json_string("cbsim"));
  json.add("result_version", json_integer(kResultVersion));
  json.add("command_line", json_string(valid_utf8(session.command_line)));
  json.add("started", json_string(session.started));
  json.add("ended", ended ? json_string(session.ended) : JsonNode());
  json.add("totals", ended ? totals_json(session.totals) : JsonNode());
  json.add("threads", json_integer(session.threads));
  json.add("host", json_string(valid_utf8(host_name())));
  json.add("cpu", json_string(valid_utf8(cpu_model())));
  json.add("build", build_json());
  json.add("experiment", experiment_json(experiment));
  return json;
}

}  // namespace cbsim
