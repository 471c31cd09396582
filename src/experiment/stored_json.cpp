#include "stored_json.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/core/types.hpp"
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

template <class Integer>
Integer stored_integer(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
  } else if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
  }
  throw InputError("not an integer of its range");
}

template int stored_integer<int>(const Json& value);
template Index stored_integer<Index>(const Json& value);
template Seed stored_integer<Seed>(const Json& value);

}  // namespace cbsim
