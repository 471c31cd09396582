#pragma once

#include <span>
#include <string_view>

#include "cbsim/environment/environment.hpp"
#include "cbsim/environment/wrapper.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim {

/// Every environment, wrapper and policy, in the order of `cbsim list`.
std::span<const EnvironmentType> environment_types();
std::span<const WrapperType> wrapper_types();
std::span<const PolicyType> policy_types();

/// The entry of that name, or nullptr.
const EnvironmentType* find_environment_type(std::string_view name);
const WrapperType* find_wrapper_type(std::string_view name);
const PolicyType* find_policy_type(std::string_view name);

}  // namespace cbsim
