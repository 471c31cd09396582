#include "cbsim/environment/replay_log.hpp"

#include <algorithm>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/data_text.hpp"
#include "cbsim/environment/named_columns.hpp"

namespace cbsim {
namespace {

/// Contexts of more arms than this are a mistake rather than a log.
constexpr Index kMostArms = 1'000'000;

Index read_arm(const NamedColumns& columns, std::optional<Index> arms) {
  const Index arm = columns.count("arm");
  if (arms && arm >= *arms) {
    columns.fail("arm", "is beyond the " + std::to_string(*arms) +
                            " arms of the setting \"arms\", which count from 0");
  }
  if (arm >= kMostArms) columns.fail("arm", "is beyond 1000000 arms; arms are 0, 1, 2, ...");
  return arm;
}

double read_propensity(const NamedColumns& columns) {
  const double propensity = columns.number("propensity");
  if (propensity <= 0.0 || propensity > 1.0) {
    columns.fail("propensity", "is not a probability in (0, 1]");
  }
  return propensity;
}

Vector vector_of(const std::vector<double>& values) {
  return Eigen::Map<const Vector>(values.data(), static_cast<Index>(values.size()));
}

}  // namespace

ReplayLog read_replay_log(std::string_view path, std::string_view content, Delimiter delimiter,
                          std::optional<Index> arms) {
  CsvReader reader(path, content, delimiter);
  NamedColumns columns(reader, {"arm", "reward"}, {"propensity"});
  const bool has_propensities = columns.has("propensity");
  ReplayLog log;
  std::vector<double> contexts, rewards, propensities;
  while (columns.next()) {
    columns.append_context(contexts);
    log.arm.push_back(read_arm(columns, arms));
    rewards.push_back(columns.number("reward"));
    if (has_propensities) propensities.push_back(read_propensity(columns));
  }
  if (log.arm.empty()) throw InputError(std::string(path) + ": a header but no rows");

  log.arms = arms.value_or(1 + *std::ranges::max_element(log.arm));
  log.contexts =
      Eigen::Map<const Matrix>(contexts.data(), columns.dim(), static_cast<Index>(rewards.size()));
  log.rewards = vector_of(rewards);
  log.propensities = vector_of(propensities);
  if (has_propensities) log.least_propensity = log.propensities.minCoeff();
  return log;
}

}  // namespace cbsim
