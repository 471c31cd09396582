#include "cbsim/experiment/registry.hpp"

#include <algorithm>
#include <array>

// The three tables. A line adds an environment, a wrapper or a policy: the function of that name,
// in namespace cbsim::environments, cbsim::wrappers or cbsim::policies, describes it and makes its
// spec.
#define CBSIM_ENVIRONMENTS(X) \
  X(linear)                   \
  X(quadratic)                \
  X(quadratic_form)           \
  X(cosine)                   \
  X(logistic)                 \
  X(wheel)                    \
  X(classification)           \
  X(table)                    \
  X(replay)

#define CBSIM_WRAPPERS(X) \
  X(delay)                \
  X(drift)

#define CBSIM_POLICIES(X)    \
  X(uniform)                 \
  X(oracle)                  \
  X(fixed_arm)               \
  X(lin_ucb)                 \
  X(lin_ts)                  \
  X(linear_epsilon_greedy)   \
  X(glm_ucb)                 \
  X(kernel_ucb)              \
  X(kernel_ts)               \
  X(neural_ucb0)             \
  X(neural_epsilon_greedy0)  \
  X(neural_ucb)              \
  X(neural_ts)               \
  X(neural_greedy)           \
  X(neural_epsilon_greedy)   \
  X(neural_phe)              \
  X(neural_lin_ucb)          \
  X(neural_linear)           \
  X(bootstrapped_nn)         \
  X(dropout_ts)              \
  X(square_cb)

#define CBSIM_DECLARE_ENVIRONMENT(name) EnvironmentType name();
#define CBSIM_DECLARE_WRAPPER(name) WrapperType name();
#define CBSIM_DECLARE_POLICY(name) PolicyType name();
#define CBSIM_ENVIRONMENT_ENTRY(name) environments::name(),
#define CBSIM_WRAPPER_ENTRY(name) wrappers::name(),
#define CBSIM_POLICY_ENTRY(name) policies::name(),

namespace cbsim {
namespace environments {
CBSIM_ENVIRONMENTS(CBSIM_DECLARE_ENVIRONMENT)
}
namespace wrappers {
CBSIM_WRAPPERS(CBSIM_DECLARE_WRAPPER)
}
namespace policies {
CBSIM_POLICIES(CBSIM_DECLARE_POLICY)
}

namespace {

template <class Type>
const Type* find(std::span<const Type> types, std::string_view name) {
  const auto found = std::ranges::find(types, name, &Type::name);
  return found == types.end() ? nullptr : &*found;
}

}  // namespace

std::span<const EnvironmentType> environment_types() {
  static const std::array table{CBSIM_ENVIRONMENTS(CBSIM_ENVIRONMENT_ENTRY)};
  return table;
}

std::span<const WrapperType> wrapper_types() {
  static const std::array table{CBSIM_WRAPPERS(CBSIM_WRAPPER_ENTRY)};
  return table;
}

std::span<const PolicyType> policy_types() {
  static const std::array table{CBSIM_POLICIES(CBSIM_POLICY_ENTRY)};
  return table;
}

const EnvironmentType* find_environment_type(std::string_view name) {
  return find(environment_types(), name);
}

const WrapperType* find_wrapper_type(std::string_view name) { return find(wrapper_types(), name); }

const PolicyType* find_policy_type(std::string_view name) { return find(policy_types(), name); }

}  // namespace cbsim
