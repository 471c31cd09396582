#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/environment.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace environments {
EnvironmentType classification();
}

namespace {

using Spec = std::unique_ptr<EnvironmentSpec>;
using Configure = std::function<void(EnvironmentSpec&)>;

Spec spec_of(const std::string& content, const Configure& configure = {}) {
  Spec spec = environments::classification().make();
  test::set_file(*spec, "path", "f.csv", content);
  if (configure) configure(*spec);
  return spec;
}

Spec loaded(const std::string& content, const Configure& configure = {}) {
  Spec spec = spec_of(content, configure);
  EXPECT_TRUE(spec->check().empty());
  spec->load();
  return spec;
}

Configure word(std::string_view key, std::string_view value) {
  return [=](EnvironmentSpec& spec) { test::set_word(spec, key, value); };
}

void in_file_order(EnvironmentSpec& spec) { test::set(spec, "shuffle", false); }

/// n rows whose only feature is the row's number; the class alternates.
std::string counting(int n) {
  std::string text = "row,class\n";
  for (int i = 0; i < n; ++i) text += std::to_string(i) + (i % 2 == 0 ? ",even\n" : ",odd\n");
  return text;
}

/// The rows in the order of their rounds.
std::vector<double> order_of(const EnvironmentSpec& spec, Seed seed) {
  const auto environment = spec.create(seed);
  Round round;
  std::vector<double> rows;
  for (Index t = 1; t <= spec.facts().rounds; ++t) {
    environment->deal(t, round);
    rows.push_back(round.contexts.values()(0, 0));
  }
  return rows;
}

TEST(Classification, FactsAreReadOffTheFile) {
  const std::string text = "x,y,class\n1,2,a\n3,4,b\n5,6,c\n7,8,a\n";
  const EnvironmentFacts facts = loaded(text)->facts();
  EXPECT_EQ(facts.shape, (ContextShape{.arms = 3, .dim = 2, .blocks = 3}));
  EXPECT_EQ(facts.rounds, 4);
  EXPECT_TRUE(facts.expected_known);
  EXPECT_EQ(loaded(text, word("encoding", "one_hot_arm"))->facts().shape,
            (ContextShape{.arms = 3, .dim = 5, .blocks = 1}));
}

TEST(Classification, RightClassPaysOneAndRewardsAreExpected) {
  const Spec spec = loaded("x,class\n1,b\n2,a\n3,c\n", in_file_order);
  const auto environment = spec->create(1);
  Round round;
  environment->deal(1, round);
  EXPECT_EQ(round.rewards, Eigen::Vector3d(0, 1, 0));
  EXPECT_EQ(round.expected, round.rewards);
  environment->deal(2, round);
  EXPECT_EQ(round.rewards, Eigen::Vector3d(1, 0, 0));
  environment->deal(3, round);
  EXPECT_EQ(round.rewards, Eigen::Vector3d(0, 0, 1));
}

TEST(Classification, DisjointContextsShareTheFeatureVector) {
  const Spec spec = loaded("x,y,class\n3,4,a\n5,6,b\n", in_file_order);
  Round round;
  spec->create(1)->deal(1, round);
  ASSERT_TRUE(round.contexts.disjoint());
  for (Index a = 0; a < 2; ++a) {
    EXPECT_EQ(round.contexts[a].block, a);
    EXPECT_EQ(Vector(round.contexts[a].x), Eigen::Vector2d(3, 4));
  }
}

TEST(Classification, OneHotArmAppendsTheArm) {
  const Spec spec = loaded("x,y,class\n3,4,a\n5,6,b\n", [](EnvironmentSpec& s) {
    in_file_order(s);
    test::set_word(s, "encoding", "one_hot_arm");
  });
  Round round;
  spec->create(1)->deal(2, round);
  Matrix expected(4, 2);
  expected << 5, 5, 6, 6, 1, 0, 0, 1;
  EXPECT_EQ(round.contexts.values(), expected);
}

TEST(Classification, L2GivesEachRowNormOneAndLeavesZeroAlone) {
  const Spec spec =
      loaded("x,y,class\n3,-4,a\n0,0,b\n1e150,1e150,a\n1e-200,0,b\n", [](EnvironmentSpec& s) {
        in_file_order(s);
        test::set_word(s, "normalize", "l2");
      });
  const auto environment = spec->create(1);
  const auto x = [&](Index t) {
    Round round;
    environment->deal(t, round);
    return Vector(round.contexts.values().col(0));
  };
  EXPECT_LT((x(1) - Eigen::Vector2d(0.6, -0.8)).norm(), 1e-15);
  EXPECT_EQ(x(2), Eigen::Vector2d(0, 0));
  EXPECT_LT((x(3) - Eigen::Vector2d(1, 1) / std::sqrt(2.0)).norm(), 1e-15);
  EXPECT_LT((x(4) - Eigen::Vector2d(1, 0)).norm(), 1e-15);
}

TEST(Classification, L2NormalisesTheFeaturesBeforeTheArmIsAppended) {
  const Spec spec = loaded("x,y,class\n3,4,a\n5,12,b\n", [](EnvironmentSpec& s) {
    in_file_order(s);
    test::set_word(s, "normalize", "l2");
    test::set_word(s, "encoding", "one_hot_arm");
  });
  Round round;
  spec->create(1)->deal(1, round);
  EXPECT_LT((round.contexts.values().col(1) - Eigen::Vector4d(0.6, 0.8, 0, 1)).norm(), 1e-15);
}

TEST(Classification, ZscoreStandardisesNumericColumnsOverTheFile) {
  // x: mean 4, standard deviation sqrt(5).
  const Spec spec = loaded("x,c,class\n1,u,a\n3,v,b\n5,u,a\n7,v,b\n", [](EnvironmentSpec& s) {
    in_file_order(s);
    test::set_word(s, "normalize", "zscore");
  });
  const auto environment = spec->create(1);
  Round round;
  environment->deal(1, round);
  const double root = std::sqrt(5.0);
  EXPECT_LT((round.contexts.values() - Eigen::Vector3d(-3 / root, 1, 0)).norm(), 1e-15);
  environment->deal(4, round);
  EXPECT_LT((round.contexts.values() - Eigen::Vector3d(3 / root, 0, 1)).norm(), 1e-15);
}

TEST(Classification, ShuffleDealsEveryRowOnceInAnOrderOfTheSeed) {
  const Spec spec = loaded(counting(100));
  const auto first = order_of(*spec, 1);
  EXPECT_EQ(order_of(*spec, 1), first);
  EXPECT_NE(order_of(*spec, 2), first);
  EXPECT_EQ((std::set<double>{first.begin(), first.end()}).size(), 100U);
  EXPECT_FALSE(std::ranges::is_sorted(first));
}

TEST(Classification, WithoutShuffleRowsComeInTheOrderOfTheFile) {
  const Spec spec = loaded(counting(100), in_file_order);
  const auto rows = order_of(*spec, 1);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], static_cast<double>(i));
  EXPECT_EQ(order_of(*spec, 2), rows);
}

TEST(Classification, LabelMayBeANameOrAPosition) {
  const std::string text = "class,x\na,1\nb,2\nc,3\n";
  EXPECT_EQ(
      loaded(text, [](EnvironmentSpec& s) { test::set_text(s, "label", "class"); })->facts().shape,
      (ContextShape{.arms = 3, .dim = 1, .blocks = 3}));
  EXPECT_EQ(loaded(text, [](EnvironmentSpec& s) { test::set(s, "label", 0); })->facts().shape,
            (ContextShape{.arms = 3, .dim = 1, .blocks = 3}));
}

TEST(Classification, PassesCsvSettingsOn) {
  const Spec spec = loaded("7;1;-;a\n8;2;5;b\n7;3;6;a\n", [](EnvironmentSpec& s) {
    in_file_order(s);
    test::set(s, "header", false);
    test::set_word(s, "delimiter", ";");
    test::set_texts(s, "missing", {"-"});
    test::set_texts(s, "categorical", {"0"});
    test::set_texts(s, "ignore", {"1"});
  });
  Round round;
  spec->create(1)->deal(1, round);
  EXPECT_EQ(Vector(round.contexts.values().col(0)), Eigen::Vector3d(1, 0, 5.5));
}

// --- IDX -------------------------------------------------------------------------------------

using namespace std::string_literals;
const std::string kImages = "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x02\xFF\0\0\x33"s;
const std::string kLabels = "\0\0\x08\x01\0\0\0\x02\x05\x03"s;

Configure with_labels(const std::string& format = "auto") {
  return [=](EnvironmentSpec& spec) {
    test::set_word(spec, "format", format);
    test::set_file(spec, "labels", "labels.idx", kLabels);
    in_file_order(spec);
  };
}

TEST(Classification, ReadsAnIdxPair) {
  for (const std::string format : {"auto", "idx"}) {
    const Spec spec = loaded(kImages, with_labels(format));
    EXPECT_EQ(spec->facts().shape, (ContextShape{.arms = 2, .dim = 2, .blocks = 2}));
    Round round;
    spec->create(1)->deal(1, round);
    EXPECT_EQ(Vector(round.contexts.values().col(0)), Eigen::Vector2d(1, 0));
    EXPECT_EQ(round.rewards, Eigen::Vector2d(0, 1));
  }
}

TEST(Classification, ChecksThatLabelsAndFormatAgree) {
  const auto violations = [](const Configure& configure) {
    return spec_of(kImages, configure)->check();
  };
  ASSERT_EQ(violations(with_labels("csv")).size(), 1U);
  EXPECT_EQ(violations(with_labels("csv"))[0].path, "labels");
  EXPECT_EQ(violations(with_labels("csv"))[0].message,
            "a file of labels goes with format idx; other formats hold the classes themselves");
  ASSERT_EQ(violations(word("format", "idx")).size(), 1U);
  EXPECT_EQ(violations(word("format", "idx"))[0].message,
            "missing; format idx needs the file of labels beside the images");
  EXPECT_TRUE(violations(with_labels("idx")).empty());
}

TEST(Classification, SaysWhenTheContentIsOfTheOtherFormat) {
  const auto error = [](const std::string& content, const Configure& configure) {
    return test::message_of<InputError>([&] { spec_of(content, configure)->load(); });
  };
  EXPECT_EQ(error(kImages, {}),
            "f.csv: an IDX file; name its file of labels by the setting \"labels\"");
  EXPECT_EQ(error("x,y\n1,a\n2,b\n", with_labels()),
            "f.csv: a CSV file; \"labels\" is for IDX, other formats hold the classes themselves");
  EXPECT_EQ(error("x,y\n1,a\n2,b\n", with_labels("idx")),
            "f.csv: byte 0: not an IDX file, which begins with the bytes 0, 0, 8");
  EXPECT_EQ(error(kImages,
                  [](EnvironmentSpec& s) {
                    with_labels()(s);
                    test::set_texts(s, "ignore", {"x"});
                  }),
            "f.csv: an IDX file; the settings \"categorical\" and \"ignore\" are for CSV and ARFF");
}

TEST(Classification, EverySettingIsDescribed) {
  const Spec spec = environments::classification().make();
  std::set<std::string_view> keys;
  for (const Setting& setting : spec->settings()) {
    EXPECT_FALSE(setting.description.text.empty()) << setting.key;
    EXPECT_FALSE(setting.alternatives.empty()) << setting.key;
    EXPECT_LT(setting.current(), setting.alternatives.size()) << setting.key;
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
  }
}

}  // namespace
}  // namespace cbsim
