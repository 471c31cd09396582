#include <gtest/gtest.h>

#include "cbsim/experiment/registry.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace {

TEST(FixedArm, PlaysItsArm) {
  const auto spec = find_policy_type("fixed_arm")->make();
  test::set(*spec, "arm", 2);
  const ContextShape shape{.arms = 3, .dim = 1};
  const auto policy = spec->create({.shape = shape, .horizon = 5});
  Contexts contexts;
  contexts.resize(shape);
  for (Index t = 1; t <= 5; ++t) EXPECT_EQ(policy->choose(t, contexts), 2);
}

TEST(FixedArm, RefusesAnArmThatThereIsNot) {
  const auto spec = find_policy_type("fixed_arm")->make();
  test::set(*spec, "arm", 3);
  EXPECT_TRUE(spec->check({.shape = {.arms = 4, .dim = 1}}).empty());
  const auto violations = spec->check({.shape = {.arms = 3, .dim = 1}});
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].path, "arm");
  EXPECT_EQ(violations[0].message, "3 is not an arm of this environment, whose arms are 0 to 2");
}

}  // namespace
}  // namespace cbsim
