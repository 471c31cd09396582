#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/experiment/json_tree.hpp"

namespace cbsim {

/// A JSON file of a results folder, which anybody may have changed: of bounded size, depth and
/// number of values. Throws IoError, InputError.
JsonNode read_stored_json(const std::filesystem::path& path);

/// The member of that name. Throws InputError where there is none.
const JsonNode& stored_member(const JsonNode& object, std::string_view key);

/// Throws InputError where the value is no array.
const std::vector<JsonNode>& stored_items(const JsonNode& value);

/// Throws InputError where the value is no string.
const std::string& stored_text(const JsonNode& value);

/// For int, Index, Seed and std::uintmax_t. Throws InputError where the value is not written as an
/// integer of that type.
template <class Integer>
Integer stored_integer(const JsonNode& value);

}  // namespace cbsim
