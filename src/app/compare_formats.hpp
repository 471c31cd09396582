#pragma once

#include <string>

#include "cbsim/experiment/comparison.hpp"

namespace cbsim::app {

// A comparison for programs: a line a setting, numbers in full, absent ones empty (null in JSON).
// `baseline`: the label that differences are to, or empty.
std::string comparison_csv(const Comparison& comparison, const std::string& baseline);
std::string comparison_json(const Comparison& comparison, const std::string& baseline);
std::string comparison_markdown(const Comparison& comparison, const std::string& baseline);

/// For people: a table an environment, five significant digits.
std::string comparison_table(const Comparison& comparison, const std::string& baseline);

}  // namespace cbsim::app
