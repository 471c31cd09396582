#include "stored_json.hpp"

#include <nlohmann/json.hpp>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/input_file.hpp"

namespace cbsim {
namespace {

using Json = nlohmann::json;

/// Ten times what the manifest of the largest experiment takes.
constexpr InputLimits kLimits{.bytes = std::size_t{64} << 20};
/// What works on a tree calls itself once a level.
constexpr int kMostLevels = 32;

}  // namespace

Json read_stored_json(const std::filesystem::path& path) {
  return Json::parse(read_input(path.string(), kLimits), [](int depth, Json::parse_event_t, Json&) {
    if (depth > kMostLevels) throw InputError("nested too deeply");
    return true;
  });
}

}  // namespace cbsim
