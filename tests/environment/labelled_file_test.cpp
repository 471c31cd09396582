#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/environment.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace environments {
EnvironmentType classification();
}

namespace {

using Spec = std::unique_ptr<EnvironmentSpec>;

Spec spec_of(const std::string& content, const std::string& format) {
  Spec spec = environments::classification().make();
  test::set_file(*spec, "path", "f", content);
  test::set_word(*spec, "format", format);
  return spec;
}

// The same six rows in three formats.
const std::string kCsv =
    "u,v,w,y\n0.5,0,-3,2\n0,0,0,10\n1e-3,7,0,2\n0,-0.25,0,1\n4,4,4,1\n0,0,9,10\n";
const std::string kLibsvm =
    "# u v w\n+2 1:0.5 3:-3\n10\n2 2:7 1:1e-3\n1 2:-.25\n1.0 1:4 2:4 3:4\n10 3:9\n";
const std::string kArff =
    "@relation r\n@attribute u real\n@attribute v real\n@attribute w integer\n"
    "@attribute y {1,2,10}\n@data\n0.5,0,-3,2\n{3 10}\n{0 0.001, 1 7, 3 2}\n0,-0.25,0,1\n"
    "4,4,4,1\n{2 9, 3 10}\n";

TEST(LabelledFile, SameDataInAnyFormatAreTheSameBandit) {
  for (const std::string normalize : {"none", "l2", "zscore"}) {
    std::vector<std::unique_ptr<Environment>> worlds;
    for (const auto& [content, format] :
         {std::pair{kCsv, "csv"}, {kLibsvm, "libsvm"}, {kArff, "arff"}}) {
      for (const std::string& name : {std::string("auto"), std::string(format)}) {
        const Spec spec = spec_of(content, name);
        test::set_word(*spec, "normalize", normalize);
        ASSERT_TRUE(spec->check().empty());
        spec->load();
        EXPECT_EQ(spec->facts().shape, (ContextShape{.arms = 3, .dim = 3, .blocks = 3}));
        EXPECT_EQ(spec->facts().rounds, 6);
        worlds.push_back(spec->create(4));
      }
    }
    Round first, other;
    for (Index t = 1; t <= 6; ++t) {
      worlds[0]->deal(t, first);
      for (const auto& world : worlds) {
        world->deal(t, other);
        EXPECT_EQ(other.contexts.values(), first.contexts.values());
        EXPECT_EQ(other.rewards, first.rewards);
      }
    }
  }
}

TEST(LabelledFile, SaysWhenASettingBelongsToAnotherFormat) {
  const auto error = [](const Spec& spec) {
    return test::message_of<InputError>([&] { spec->load(); });
  };
  Spec spec = spec_of(kLibsvm, "auto");
  test::set_texts(*spec, "ignore", {"1"});
  EXPECT_EQ(error(spec),
            "f: a LibSVM file; the settings \"categorical\" and \"ignore\" are for CSV and ARFF");
  spec = spec_of(kArff, "auto");
  test::set_file(*spec, "labels", "l", "");
  EXPECT_EQ(error(spec),
            "f: an ARFF file; \"labels\" is for IDX, other formats hold the classes themselves");
  spec = spec_of(kArff, "arff");
  test::set_file(*spec, "labels", "l", "");
  ASSERT_EQ(spec->check().size(), 1U);
  EXPECT_EQ(spec->check()[0].message,
            "a file of labels goes with format idx; other formats hold the classes themselves");
}

TEST(LabelledFile, IsReadInTheFormatThatIsGiven) {
  const auto error = [](const std::string& content, const std::string& format) {
    return test::message_of<InputError>([&] { spec_of(content, format)->load(); });
  };
  EXPECT_EQ(error(kCsv, "libsvm"),
            "f:1: the label 'u,v,w,y' names several classes; a row needs exactly one");
  EXPECT_EQ(error(kCsv, "arff"),
            "f:1: 'u,v,w,y' in the header; expected @relation, @attribute or @data");
  EXPECT_EQ(error(kLibsvm, "csv"),
            "f:1: only one column, '# u v w'; a label and a feature are needed, so check the "
            "setting \"delimiter\"");
}

TEST(LabelledFile, LabelOfArffMayBeAnyAttribute) {
  const Spec spec =
      spec_of("@relation r\n@attribute y {a,b}\n@attribute x real\n@data\na,1\nb,2\na,3\n", "auto");
  test::set_text(*spec, "label", "y");
  spec->load();
  EXPECT_EQ(spec->facts().shape, (ContextShape{.arms = 2, .dim = 1, .blocks = 2}));
}

}  // namespace
}  // namespace cbsim
