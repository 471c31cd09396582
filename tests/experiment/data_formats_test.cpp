// The environment "classification" from a config: files of every format, packed and not, payoffs.

#include <zlib.h>

#include "experiment/config_fixture.hpp"

namespace cbsim {
namespace {

class DataFormats : public ConfigTest {
 protected:
  void write_packed(const std::string& name, const std::string& text) const {
    const gzFile file = gzopen(path(name).c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
  }

  static std::string config(const std::string& file, const std::string& more = "") {
    return R"({"horizon":3,"policies":[{"type":"uniform"}],"environment":{"type":"classification",)"
           "\"path\":\"" +
           file + "\",\"shuffle\":false" + more + "}}";
  }

  /// The rounds of the environment.
  std::vector<Round> rounds(const std::string& text, Index count = 3) const {
    const auto world = load(text).cells.at(0).environment->create(1);
    std::vector<Round> out(static_cast<std::size_t>(count));
    for (Index t = 1; t <= count; ++t) world->deal(t, out[static_cast<std::size_t>(t - 1)]);
    return out;
  }
};

TEST_F(DataFormats, AreRecognisedPackedOrNot) {
  const std::pair<std::string, std::string> files[] = {
      {"d.csv", "u,v,y\n1,0,1\n0,2,2\n0,0,1\n"},
      {"d.svm", "1 1:1\n2 2:2\n1\n"},
      {"d.arff",
       "@relation r\n@attribute u real\n@attribute v real\n@attribute y {1,2}\n@data\n"
       "1,0,1\n{1 2, 2 2}\n{}\n"}};
  std::vector<std::vector<Round>> all;
  for (const auto& [name, text] : files) {
    write(name, text);
    write_packed(name + ".gz", text);
    all.push_back(rounds(config(name)));
    all.push_back(rounds(config(name + ".gz")));
  }
  for (const auto& one : all) {
    for (std::size_t t = 0; t < one.size(); ++t) {
      EXPECT_EQ(one[t].contexts.values(), all[0][t].contexts.values());
      EXPECT_EQ(one[t].rewards, all[0][t].rewards);
    }
  }
}

TEST_F(DataFormats, BrokenContentIsAnErrorOfTheEnvironment) {
  write("d.svm", "1 1:1\n2 1000000000:1\n");
  EXPECT_EQ(error(config("d.svm")),
            "f.json:1:60: /environment: d.svm:2: '1000000000:1': the index is beyond 100000, the "
            "most coordinates that are read");
}

constexpr const char* kMushrooms = "odor,class\nalmond,e\nfoul,p\nnone,e\n";

TEST_F(DataFormats, PayoffsMakeArmsOfTheUsersOwn) {
  write("m.csv", kMushrooms);
  const std::string text = config("m.csv", R"(,"payoffs":{"eat":{"e":5,"p":[5,-35]},"skip":0})");
  const auto dealt = rounds(text);
  EXPECT_EQ(dealt[0].contexts.shape(), (ContextShape{.arms = 2, .dim = 3, .blocks = 2}));
  EXPECT_EQ(dealt[0].expected, Eigen::Vector2d(5, 0));
  EXPECT_EQ(dealt[1].expected, Eigen::Vector2d(-15, 0));
  EXPECT_TRUE(dealt[1].rewards(0) == 5.0 || dealt[1].rewards(0) == -35.0);
  // What is written is read back.
  const Experiment first = load(text), second = load(first.resolved_json);
  EXPECT_EQ(second.resolved_json, first.resolved_json);
  EXPECT_EQ(second.cells.at(0).identity, first.cells.at(0).identity);
  EXPECT_THAT(first.cells.at(0).identity,
              testing::HasSubstr(R"("payoffs":{"eat":{"e":5,"p":[5,-35]},"skip":0})"));
}

TEST_F(DataFormats, WrongPayoffsAreErrors) {
  write("m.csv", kMushrooms);
  const auto wrong = [&](const std::string& payoffs) {
    return error(config("m.csv", ",\n\"payoffs\":" + payoffs));
  };
  EXPECT_EQ(wrong(R"({"eat":{"e":5}})"),
            "f.json:1:60: /environment: \"payoffs\": the arm 'eat' does not say what it pays for "
            "the class 'p'; the classes are 'e', 'p'");
  EXPECT_EQ(wrong("{}"), "f.json:2:11: /environment/payoffs: no arm; name at least one");
  EXPECT_EQ(wrong(R"({"eat":{"e":{"values":[1,2],"probabilities":[0.5,0.4]},"p":0}})"),
            "f.json:2:11: /environment/payoffs: arm 'eat', class 'e': the probabilities have the "
            "sum 0.9, not 1");
  EXPECT_EQ(wrong(R"({"eat":{"e":[],"p":"x"},"skip":{"e":{"values":[1]},"p":0}})"),
            "f.json:2:23: /environment/payoffs/eat/e: a list of 0; expected at least 1 numbers\n"
            "f.json:2:30: /environment/payoffs/eat/p: \"x\" is a string; expected a number, a list "
            "of numbers or an object\n"
            "f.json:2:47: /environment/payoffs/skip/e/probabilities: missing; expected a list of "
            "numbers in [0, 1]");
  EXPECT_EQ(wrong("\"wrong_class\""),
            "f.json:2:11: /environment/payoffs: \"wrong_class\" is not an option; expected "
            "\"right_class\" or an object with a key for each arm");
}

TEST_F(DataFormats, PayoffsCanBeSwept) {
  write("m.csv", kMushrooms);
  const std::string base = config("m.csv", R"(,"payoffs":{"eat":{"e":5,"p":-5},"skip":0})");
  const auto experiment = load(base.substr(0, base.size() - 1) +
                               R"(,"sweep":{"environment.payoffs.eat.p":[-15,[5,-35]]}})");
  ASSERT_EQ(experiment.cells.size(), 2u);
  EXPECT_EQ(experiment.cells[1].swept_values.at(0), "[5,-35]");
  Round round;
  for (const Cell& cell : experiment.cells) {
    cell.environment->create(1)->deal(2, round);
    EXPECT_EQ(round.expected(0), -15.0);
  }
}

}  // namespace
}  // namespace cbsim
