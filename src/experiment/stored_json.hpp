#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace cbsim {

/// A JSON file of a results folder, which anybody may have changed: of bounded size and depth.
/// Throws IoError; another exception where it is no such JSON.
nlohmann::json read_stored_json(const std::filesystem::path& path);

/// For int, Index and Seed. Throws InputError where the value is no integer or none of that type;
/// nlohmann's `get` casts any number, which for 1e300 is undefined.
template <class Integer>
Integer stored_integer(const nlohmann::json& value);

}  // namespace cbsim
