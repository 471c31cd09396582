#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace cbsim {

/// A JSON file of a results folder, which anybody may have changed: of bounded size and depth.
/// Throws IoError; another exception where it is no such JSON.
nlohmann::json read_stored_json(const std::filesystem::path& path);

}  // namespace cbsim
