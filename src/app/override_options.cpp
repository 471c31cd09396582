#include "override_options.hpp"

#include "cbsim/core/error.hpp"

namespace cbsim::app {
namespace {

Override split(const std::string& flag, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    throw InputError(flag + ' ' + text + ": expected PATH=VALUE, as in " + flag +
                     " policies.0.gamma=0.1");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

void OverrideOptions::add_to(CLI::App& command) {
  command.add_option("--set", sets_, "Change a setting: PATH=VALUE; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--grid", grids_, "Sweep a setting: PATH=VALUE,VALUE; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--seeds", seeds_, "Seeds: 10 (0..9), 5:8 (5,6,7) or a list 1,4,9");
}

Overrides OverrideOptions::read() const {
  Overrides overrides;
  for (const auto& text : sets_) overrides.sets.push_back(split("--set", text));
  for (const auto& text : grids_) overrides.grids.push_back(split("--grid", text));
  overrides.seeds = seeds_;
  return overrides;
}

}  // namespace cbsim::app
