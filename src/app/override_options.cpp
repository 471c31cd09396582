#include "override_options.hpp"

#include "cbsim/core/error.hpp"

namespace cbsim::app {
namespace {

Override split(const std::string& flag, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    throw InputError(flag + ' ' + text + ": expected PATH=VALUE, as in " + flag +
                     " policies.0.gamma=" + (flag == "--grid" ? "0.1,1" : "0.1"));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

CLI::Validator not_an_option() {
  return {[](std::string& value) {
            if (value.empty()) return std::string("the value is empty");
            return value.starts_with("--") ? "a value is missing before " + value : std::string();
          },
          ""};
}

void OverrideOptions::add_to(CLI::App& command) {
  command.add_option("--set", sets_, "Change a setting: policies.0.gamma=0.1 (may be repeated)")
      ->check(not_an_option())
      ->option_text("PATH=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--grid", grids_, "Sweep a setting: environment.noise=0.1,1 (may be repeated)")
      ->check(not_an_option())
      ->option_text("PATH=V,V")
      ->allow_extra_args(false);
  command.add_option("--seeds", seeds_, "10 means 0 to 9, 5:8 means 5, 6, 7, and 1,4,9 a list")
      ->check(not_an_option())
      ->option_text("N|A:B|a,b,c");
}

Overrides OverrideOptions::read() const {
  Overrides overrides;
  for (const auto& text : sets_) overrides.sets.push_back(split("--set", text));
  for (const auto& text : grids_) overrides.grids.push_back(split("--grid", text));
  overrides.seeds = seeds_;
  return overrides;
}

}  // namespace cbsim::app
