#include <cstdio>

#include "cbsim/experiment/registry.hpp"

int main() {
  for (const auto& type : cbsim::policy_types()) std::printf("%s\n", type.name.data());
}
