#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cbsim/experiment/registry.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace {

/// Chooses a word of a setting in a group.
void choose_word(Described& object, std::string_view group, std::string_view key,
                 std::string_view word) {
  for (const Setting& outer : object.settings()) {
    if (outer.key != group) continue;
    for (const Setting& setting : std::get<ObjectSlot>(outer.alternatives.front()).fields) {
      for (std::size_t i = 0; setting.key == key && i < setting.alternatives.size(); ++i) {
        const auto* slot = std::get_if<WordSlot>(&setting.alternatives[i]);
        if (slot != nullptr && slot->word == word) setting.choose(i);
      }
    }
  }
}

TEST(DropoutTs, RefusesOptimizersWhoseLossMustFall) {
  const EnvironmentFacts facts{.shape = {.arms = 2, .dim = 3, .blocks = 1}};
  const auto spec = find_policy_type("dropout_ts")->make();
  EXPECT_TRUE(spec->check(facts).empty());
  for (const char* optimizer : {"gd", "lbfgs"}) {
    choose_word(*spec, "training", "optimizer", optimizer);
    const auto violations = spec->check(facts);
    ASSERT_FALSE(violations.empty());
    EXPECT_EQ(violations.back().path, "training.optimizer");
    EXPECT_THAT(violations.back().message, ::testing::HasSubstr("use \"adam\", or \"sgd\" with"));
  }
  choose_word(*spec, "training", "optimizer", "gd");
  test::set(*spec, "keep", 1.0);
  EXPECT_TRUE(spec->check(facts).empty());
}

}  // namespace
}  // namespace cbsim
