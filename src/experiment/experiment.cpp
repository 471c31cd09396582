#include "cbsim/experiment/experiment.hpp"

#include <filesystem>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/config_loader.hpp"
#include "cbsim/experiment/input_file.hpp"
#include "cbsim/experiment/overrides.hpp"

namespace cbsim {
namespace {

constexpr std::size_t kMaxConfigBytes = std::size_t{64} << 20;

JsonNode read_tree(const std::string& path, const Overrides& overrides, Problems& problems) {
  const auto source = std::make_shared<const std::string>(path);
  std::string text;
  try {
    text = read_input(path, {.bytes = kMaxConfigBytes});
  } catch (const InputError& error) {
    throw InputError(path + ": " + error.what());
  }
  auto root = parse_json(text, source, /*flag=*/false, problems);
  if (!root) problems.raise();
  if (root->kind != JsonNode::Kind::object) {
    problems.add(root->position, "", described(*root) + "; expected a config, an object");
    problems.raise();
  }
  apply_overrides(overrides, *root, problems);
  return std::move(*root);
}

}  // namespace

Experiment load_experiment(const std::string& path, const Overrides& overrides) {
  Problems problems;
  const JsonNode root = read_tree(path, overrides, problems);
  const std::filesystem::path file(path);
  ConfigLoader loader(root, file.parent_path().string(), file.stem().string(), problems);
  Experiment experiment = loader.load();
  problems.raise();
  return experiment;
}

}  // namespace cbsim
