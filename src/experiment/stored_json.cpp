#include "stored_json.hpp"

#include <memory>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/core/rng.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/experiment/input_file.hpp"
#include "cbsim/experiment/problems.hpp"

namespace cbsim {
namespace {

/// More than twice what the manifest of the largest experiment takes.
constexpr InputLimits kLimits{.bytes = std::size_t{64} << 20};

}  // namespace

JsonNode read_stored_json(const std::filesystem::path& path) {
  Problems problems;
  auto tree = parse_json(read_input(path.string(), kLimits),
                         std::make_shared<const std::string>(path.string()), false, problems);
  problems.raise();
  return std::move(*tree);
}

const JsonNode& stored_member(const JsonNode& object, std::string_view key) {
  if (const JsonNode* found = object.find(key)) return *found;
  throw InputError("no \"" + std::string(key) + '"');
}

const std::vector<JsonNode>& stored_items(const JsonNode& value) {
  if (value.kind != JsonNode::Kind::array) throw InputError("not an array");
  return value.items;
}

const std::string& stored_text(const JsonNode& value) {
  if (value.kind != JsonNode::Kind::string) throw InputError("not a string");
  return value.text;
}

template <class Integer>
Integer stored_integer(const JsonNode& value) {
  const auto number =
      value.kind == JsonNode::Kind::number ? parsed<Integer>(value.text) : std::nullopt;
  if (!number) throw InputError("not an integer of its range");
  return *number;
}

template int stored_integer<int>(const JsonNode& value);
template Index stored_integer<Index>(const JsonNode& value);
template Seed stored_integer<Seed>(const JsonNode& value);

}  // namespace cbsim
