#include "cbsim/policy/schedule.hpp"

#include <gtest/gtest.h>

namespace cbsim {
namespace {

TEST(Schedule, IsConstantUnlessAskedToDecay) {
  Schedule schedule(0.3);
  EXPECT_EQ(schedule.value(1), 0.3);
  EXPECT_EQ(schedule.value(1000), 0.3);
  schedule.kind = Schedule::Kind::decay;
  EXPECT_EQ(schedule.value(1), 0.3);
  EXPECT_NEAR(schedule.value(100), 0.03, 1e-15);
}

TEST(Schedule, DecaysByItsPowerAndGrowsByANegativeOne) {
  Schedule schedule(1.0);
  schedule.kind = Schedule::Kind::decay;
  schedule.decay = {.initial = 8, .power = 1.0};
  EXPECT_NEAR(schedule.value(4), 2, 1e-15);
  schedule.decay.power = -0.5;
  EXPECT_NEAR(schedule.value(4), 16, 1e-14);
}

TEST(Schedule, IsANumberOrADecayInAConfig) {
  Schedule schedule(0.1);
  const Setting setting = schedule.setting("epsilon", between(0, 1), {"probability"});
  EXPECT_EQ(setting.current(), 0u);
  EXPECT_EQ(std::get<RealSlot>(setting.alternatives[0]).range.text(), "in [0, 1]");
  setting.choose(1);
  EXPECT_EQ(schedule.kind, Schedule::Kind::decay);
  const auto& decay = std::get<ObjectSlot>(setting.alternatives[1]);
  EXPECT_EQ(decay.tag_value, "decay");
  // The start may exceed what a constant may be: the value is clamped where it is used.
  EXPECT_EQ(std::get<RealSlot>(decay.fields[0].alternatives[0]).range.text(), ">= 0");
}

}  // namespace
}  // namespace cbsim
