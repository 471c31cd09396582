#include "cbsim/experiment/manifest.hpp"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cbsim/experiment/build_info.hpp"
#include "cbsim/experiment/memory_reserve.hpp"
#include "cbsim/experiment/run_plan.hpp"

namespace cbsim {
namespace {

using Json = nlohmann::ordered_json;

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

Json build_json() {
  const BuildInfo& build = build_info();
  Json libraries = Json::object();
  for (const auto& [name, version] : build.libraries) libraries[name] = version;
  return {{"version", build.version},   {"commit", build.commit},         {"dirty", build.dirty},
          {"compiler", build.compiler}, {"build_type", build.build_type}, {"flags", build.flags},
          {"simd", build.simd},         {"libraries", libraries}};
}

Json cells_json(const Experiment& experiment) {
  Json cells = Json::array();
  for (const Cell& cell : experiment.cells) {
    cells.push_back({{"title", cell_title(experiment, cell)},
                     {"environment", cell.environment_type->name},
                     {"policy", cell.policy_type->name},
                     {"horizon", cell.horizon},
                     {"identity", identity_hash(cell.identity)}});
  }
  return cells;
}

Json totals_json(const Totals& totals) {
  return {{"runs", totals.runs},
          {"computed", totals.computed},
          {"reused", totals.reused},
          {"failed", totals.failed},
          {"missing", totals.missing},
          {"wall_seconds", totals.wall_seconds},
          {"cpu_seconds", totals.cpu_seconds}};
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

std::string manifest_text(const Experiment& experiment, const Session& session) {
  const bool ended = !session.ended.empty();
  const ReserveUse reserve;
  const Json json = {
      {"program", "cbsim"},
      {"result_version", kResultVersion},
      {"command_line", session.command_line},
      {"started", session.started},
      {"ended", ended ? Json(session.ended) : Json(nullptr)},
      {"totals", ended ? totals_json(session.totals) : Json(nullptr)},
      {"threads", session.threads},
      {"host", host_name()},
      {"cpu", cpu_model()},
      {"build", build_json()},
      {"experiment",
       {{"name", experiment.name}, {"seeds", experiment.seeds}, {"cells", cells_json(experiment)}}},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace cbsim
