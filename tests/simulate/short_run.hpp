#pragma once

#include <string>
#include <string_view>

namespace cbsim::test {

/// Settings with which a policy plays and trains on its own within a few rounds, and soon.
inline std::string settings_of_a_short_run(std::string_view policy) {
  if (policy == "bootstrapped_nn") return R"({"networks":3,"initial_pulls":1})";
  if (policy == "neural_lin_ucb") return R"({"initial_pulls":1,"training":{"refit":{"every":2}}})";
  if (policy == "neural_linear" || policy == "neural_phe" || policy == "dropout_ts") {
    return R"({"initial_pulls":1})";
  }
  return "{}";
}

}  // namespace cbsim::test
