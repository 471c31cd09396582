#include "cbsim/environment/idx_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cbsim/core/error.hpp"
#include "support/configure.hpp"

namespace cbsim {
namespace {

using testing::ElementsAre;

std::string idx(const std::vector<std::uint32_t>& sizes, const std::string& bytes, char type = 8) {
  std::string text{'\0', '\0', type, static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) {
    for (const unsigned shift : {24U, 16U, 8U, 0U})
      text += static_cast<char>(size >> shift & 0xFFU);
  }
  return text + bytes;
}

std::string error_of(const std::string& content) {
  return test::message_of<InputError>([&] { read_idx("f", content); });
}

std::string pair_error(const std::string& images, const std::string& labels) {
  return test::message_of<InputError>(
      [&] { read_labelled_idx("images", images, "labels", labels); });
}

TEST(Idx, ReadsSizesAndBytes) {
  const std::string content = idx({2, 1, 3}, "abcdef");
  const IdxArray array = read_idx("f", content);
  EXPECT_THAT(array.sizes, ElementsAre(2, 1, 3));
  EXPECT_EQ(array.bytes, "abcdef");
}

TEST(Idx, IsKnownByItsFirstThreeBytes) {
  const std::string content = idx({2}, "ab");
  EXPECT_TRUE(looks_like_idx(content));
  EXPECT_FALSE(looks_like_idx(content.substr(0, 3)));
  for (const std::size_t place : {0u, 1u, 2u}) {
    std::string other = content;
    other[place] = place == 2 ? '\x07' : '\x01';
    EXPECT_FALSE(looks_like_idx(other)) << place;
  }
}

TEST(Idx, PixelsAreScaledToOneAndLabelsNumbered) {
  using namespace std::string_literals;
  const LabelledData data = read_labelled_idx("i", idx({3, 2, 1}, "\x00\xFF\x33\x66\x01\x02"s), "l",
                                              idx({3}, "\x07\x03\x07"));
  EXPECT_EQ(data.rows(), 3);
  EXPECT_EQ(data.dim(), 2);
  EXPECT_THAT(data.classes, ElementsAre("3", "7"));
  EXPECT_THAT(data.labels, ElementsAre(1, 0, 1));
  Vector x(2);
  data.write(0, x);
  EXPECT_EQ(x, Eigen::Vector2d(0.0, 1.0));
  data.write(1, x);
  EXPECT_EQ(x, Eigen::Vector2d(0.2, 0.4));
}

TEST(Idx, RefusesWhatIsNotExactlyOneArrayOfBytes) {
  EXPECT_EQ(error_of(""), "f: byte 0: not an IDX file, which begins with the bytes 0, 0, 8");
  EXPECT_EQ(error_of("x,y\n1,2\n"),
            "f: byte 0: not an IDX file, which begins with the bytes 0, 0, 8");
  EXPECT_EQ(error_of(idx({1}, "a", 0x0D)),
            "f: byte 2: the value type is 13; only type 8, unsigned bytes, is read");
  EXPECT_EQ(error_of(idx({}, "a")), "f: byte 3: the array has 0 dimensions");
  EXPECT_EQ(error_of(idx({2, 3}, "").substr(0, 9)),
            "f: byte 9: the file ends within its header of 12 bytes");
  EXPECT_EQ(error_of(idx({2, 0}, "ab")), "f: byte 8: dimension 2 has size 0");
  EXPECT_EQ(error_of(idx({2, 3}, "abcde")),
            "f: byte 8: the header announces 2 x 3 values, but only 5 bytes follow it; is the file "
            "cut short?");
  EXPECT_EQ(error_of(idx({2, 3}, "abcdefgh")),
            "f: byte 18: 2 bytes too many: the header announces 6 values");
}

TEST(Idx, BelievesNoHeaderWithoutTheBytes) {
  EXPECT_EQ(error_of(idx({1'000'000'000, 28, 28}, "abc")),
            "f: byte 4: the header announces 1000000000 x ... values, but only 3 bytes follow it; "
            "is the file cut short?");
  // The product of these sizes is 2^128, which is 0 in 64 bits.
  const std::uint32_t huge = 0x80000000;
  EXPECT_THAT(error_of(idx({huge, huge, huge, huge, 16}, "")),
              testing::StartsWith("f: byte 4: the header announces 2147483648 x ... values"));
  EXPECT_THAT(error_of(idx(std::vector<std::uint32_t>(255, 1), "")),
              testing::HasSubstr("but only 0 bytes follow it"));
}

TEST(LabelledIdx, RefusesFilesThatDoNotBelongTogether) {
  const std::string images = idx({2, 1, 1}, "ab"), labels = idx({2}, "\x01\x02");
  EXPECT_EQ(pair_error(images, labels), "(no error)");
  EXPECT_EQ(pair_error(images, idx({3}, "\x01\x02\x03")),
            "labels: 3 labels for the 2 images of images; do the two files belong together?");
  EXPECT_EQ(pair_error(labels, labels),
            "images: byte 3: 1 dimension, as in a file of labels; images have at least 2");
  EXPECT_EQ(pair_error(images, images),
            "labels: byte 3: 3 dimensions, as in a file of images; labels have 1");
  EXPECT_EQ(pair_error(images, idx({2}, "\x05\x05")),
            "labels: every label is 5; a bandit needs at least two classes");
}

TEST(LabelledIdx, RefusesImagesOfTooManyPixels) {
  const std::string images = idx({2, 1'000'001}, std::string(2'000'002, 'a'));
  EXPECT_EQ(pair_error(images, idx({2}, "\x01\x02")),
            "images: 1000001 pixels an image, more than 1000000");
}

TEST(Idx, SurvivesEveryPrefixAndEverySingleByteChange) {
  const std::string images = idx({2, 2, 1}, "abcd"), labels = idx({2}, "\x01\x02");
  const auto parse = [&](const std::string& x, const std::string& y) {
    try {
      const LabelledData data = read_labelled_idx("i", x, "l", y);
      ASSERT_EQ(data.rows(), 2);
      ASSERT_EQ(data.pixels.size(), 4U);
    } catch (const InputError& error) {
      ASSERT_STRNE(error.what(), "");
    }
  };
  for (std::size_t at = 0; at < images.size(); ++at) {
    parse(images.substr(0, at), labels);
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = images;
      changed[at] = static_cast<char>(byte);
      parse(changed, labels);
    }
  }
}

}  // namespace
}  // namespace cbsim
