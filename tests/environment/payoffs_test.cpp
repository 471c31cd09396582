#include "cbsim/environment/payoffs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cbsim/core/error.hpp"
#include "support/configure.hpp"
#include "support/statistics.hpp"

namespace cbsim {
namespace {

// A small language in place of JSON: a Value sets a setting.
using Value = std::function<void(const Setting&)>;
using Object = std::vector<std::pair<std::string, Value>>;

template <class SlotType, class Act>
void with(const Setting& setting, const Act& act) {
  for (std::size_t i = 0; i < setting.alternatives.size(); ++i) {
    if (const auto* slot = std::get_if<SlotType>(&setting.alternatives[i])) {
      if (setting.choose) setting.choose(i);
      return act(*slot);
    }
  }
  FAIL() << "no such form";
}

Value number(double value) {
  return [=](const Setting& setting) {
    with<RealSlot>(setting, [&](const RealSlot& slot) { *slot.value = value; });
  };
}
Value list(const std::vector<double>& values) {
  return [=](const Setting& setting) {
    with<RealListSlot>(setting, [&](const RealListSlot& slot) { *slot.value = values; });
  };
}
Value weighted(const std::vector<double>& values, const std::vector<double>& probabilities) {
  return [=](const Setting& setting) {
    with<ObjectSlot>(setting, [&](const ObjectSlot& slot) {
      list(values)(slot.fields.at(0));
      list(probabilities)(slot.fields.at(1));
    });
  };
}
Value object(const Object& members) {
  return [=](const Setting& setting) {
    with<MapSlot>(setting, [&](const MapSlot& slot) {
      std::vector<std::string> keys;
      for (const auto& member : members) keys.push_back(member.first);
      slot.assign(keys);
      for (std::size_t i = 0; i < members.size(); ++i) members[i].second(slot.value(i));
    });
  };
}

Payoffs payoffs(const Object& arms) {
  Payoffs out;
  object(arms)(out.setting());
  return out;
}

/// Riquelme, Tucker, Snoek 2018: eat the mushroom or not.
Payoffs mushroom() {
  return payoffs({{"eat", object({{"poisonous", list({5, -35})}, {"edible", number(5)}})},
                  {"skip", number(0)}});
}
const std::vector<std::string> kClasses{"edible", "poisonous"};

struct Draw {
  Vector expected, rewards;
};
Draw pay(const PayoffTable& table, Index of_class, std::uint64_t round) {
  Stream stream(1, Purpose::noise, round);
  Draw draw;
  table.pay(of_class, stream, draw.expected, draw.rewards);
  return draw;
}

TEST(Payoffs, AreOneForTheRightClassByDefault) {
  const PayoffTable table = Payoffs().table({"a", "b", "c"});
  EXPECT_EQ(table.arms(), 3);
  for (Index c = 0; c < 3; ++c) {
    const Draw draw = pay(table, c, 1);
    EXPECT_EQ(draw.expected, Vector(Vector::Unit(3, c)));
    EXPECT_EQ(draw.rewards, draw.expected);
  }
}

TEST(Payoffs, OfTheMushroomProblemAreThePapers) {
  const PayoffTable table = mushroom().table(kClasses);
  ASSERT_EQ(table.arms(), 2);
  double good = 0.0;
  const int rounds = 10000;
  for (int t = 1; t <= rounds; ++t) {
    const Draw edible = pay(table, 0, static_cast<std::uint64_t>(t));
    EXPECT_EQ(edible.expected, Eigen::Vector2d(5, 0));
    EXPECT_EQ(edible.rewards, Eigen::Vector2d(5, 0));
    const Draw poisonous = pay(table, 1, static_cast<std::uint64_t>(t));
    EXPECT_EQ(poisonous.expected, Eigen::Vector2d(-15, 0));
    EXPECT_TRUE(poisonous.rewards(0) == 5.0 || poisonous.rewards(0) == -35.0);
    EXPECT_EQ(poisonous.rewards(1), 0.0);
    if (poisonous.rewards(0) == 5.0) ++good;
  }
  EXPECT_LT(std::abs(good - 0.5 * rounds), test::kNormalBound * std::sqrt(0.25 * rounds));
}

TEST(Payoffs, AreDrawnWithTheirProbabilities) {
  const std::vector<double> values{-1, 0, 2, 7}, probabilities{0.1, 0.0, 0.6, 0.3};
  const PayoffTable table =
      payoffs({{"arm", object({{"a", weighted(values, probabilities)}, {"b", number(0)}})}})
          .table({"a", "b"});
  const int rounds = 20000;
  std::vector<double> counts(values.size(), 0.0);
  double sum = 0.0;
  for (int t = 1; t <= rounds; ++t) {
    const Draw draw = pay(table, 0, static_cast<std::uint64_t>(t));
    EXPECT_NEAR(draw.expected(0), 3.2, 1e-15);
    sum += draw.rewards(0);
    const auto at = std::ranges::find(values, draw.rewards(0)) - values.begin();
    ASSERT_LT(static_cast<std::size_t>(at), values.size());
    ++counts[static_cast<std::size_t>(at)];
  }
  EXPECT_EQ(counts[1], 0.0);
  double statistic = 0.0;
  for (const std::size_t i : {0U, 2U, 3U}) {
    const double expected = probabilities[i] * rounds;
    statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  EXPECT_LT(statistic, test::chi_squared_bound(2));
  // Variance: 0.1 + 2.4 + 14.7 - 3.2² = 6.96.
  EXPECT_LT(std::abs(sum / rounds - 3.2), test::kNormalBound * std::sqrt(6.96 / rounds));
}

TEST(Payoffs, OfArmsAreIndependent) {
  const PayoffTable table = payoffs({{"a", list({0, 1})}, {"b", list({0, 1})}}).table(kClasses);
  std::vector<double> a, b;
  for (std::uint64_t t = 1; t <= 10000; ++t) {
    const Draw draw = pay(table, static_cast<Index>(t % 2), t);
    a.push_back(draw.rewards(0));
    b.push_back(draw.rewards(1));
  }
  EXPECT_LT(std::abs(test::correlation_statistic(a, b)), test::kNormalBound);
}

TEST(Payoffs, OfAnArmCanBeTheSameForAllClasses) {
  const PayoffTable table = payoffs({{"a", number(2)}, {"b", list({1, 3})}}).table({"u", "v", "w"});
  for (Index c = 0; c < 3; ++c) EXPECT_EQ(pay(table, c, 1).expected, Eigen::Vector2d(2, 2));
}

TEST(Payoffs, MustNameEveryClassAndNoOther) {
  const auto error = [](const Object& classes) {
    return test::message_of<InputError>([&] {
      payoffs({{"eat", object(classes)}}).table(kClasses);
    });
  };
  EXPECT_EQ(error({{"edible", number(5)}}),
            "\"payoffs\": the arm 'eat' does not say what it pays for the class 'poisonous'; the "
            "classes are 'edible', 'poisonous'");
  EXPECT_EQ(error({{"edible", number(5)}, {"poisonous", number(5)}, {"Edible", number(5)}}),
            "\"payoffs\": the arm 'eat' names the class 'Edible', but the classes are 'edible', "
            "'poisonous'");
}

TEST(Payoffs, ChecksProbabilities) {
  const auto message = [](const Value& cell) {
    const auto violations = payoffs({{"eat", object({{"edible", cell}})}}).check();
    return violations.empty() ? "" : violations.at(0).path + ": " + violations.at(0).message;
  };
  EXPECT_EQ(message(weighted({5, -35}, {0.5, 0.5})), "");
  EXPECT_EQ(message(weighted({1, 2, 3}, {1.0 / 3, 1.0 / 3, 1.0 / 3})), "");
  EXPECT_EQ(message(weighted({5, -35}, {0.5, 0.25})),
            "payoffs: arm 'eat', class 'edible': the probabilities have the sum 0.75, not 1");
  EXPECT_EQ(message(weighted({5, -35}, {1})),
            "payoffs: arm 'eat', class 'edible': 2 values but 1 probabilities; give one for each");
  EXPECT_EQ(payoffs({}).check().at(0).message, "no arm; name at least one");
  EXPECT_TRUE(Payoffs().check().empty());
}

TEST(Payoffs, OfMoreArmsAndClassesThanAreHeldAreRefused) {
  Object arms;
  for (int i = 0; i < 70000; ++i) arms.emplace_back(std::to_string(i), number(1));
  std::vector<std::string> classes;
  for (int i = 0; i < 1000; ++i) classes.push_back(std::to_string(i));
  EXPECT_THAT(test::message_of<InputError>([&] { payoffs(arms).table(classes); }),
              testing::HasSubstr("70000 arms for 1000 classes are more than 67108864 payoffs"));
}

}  // namespace
}  // namespace cbsim
