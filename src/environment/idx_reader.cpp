#include "cbsim/environment/idx_reader.hpp"

#include <array>
#include <cstdint>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

constexpr unsigned kUnsignedByte = 8;
constexpr std::size_t kMagicSize = 4;
constexpr std::size_t kMostPixels = 1000000;

unsigned byte_at(std::string_view content, std::size_t i) {
  return static_cast<unsigned char>(content[i]);
}

std::uint32_t big_endian(std::string_view content, std::size_t i) {
  return byte_at(content, i) << 24U | byte_at(content, i + 1) << 16U |
         byte_at(content, i + 2) << 8U | byte_at(content, i + 3);
}

[[noreturn]] void fail(std::string_view path, const std::string& message) {
  throw InputError(std::string(path) + ": " + message);
}

}  // namespace

bool looks_like_idx(std::string_view content) {
  return content.size() >= kMagicSize && content[0] == '\0' && content[1] == '\0' &&
         byte_at(content, 2) >= kUnsignedByte && byte_at(content, 2) <= 0x0E;
}

IdxArray read_idx(std::string_view path, std::string_view content) {
  if (!looks_like_idx(content)) {
    fail_at_byte(path, 0, "not an IDX file, which begins with the bytes 0, 0, 8");
  }
  if (byte_at(content, 2) != kUnsignedByte) {
    fail_at_byte(path, 2,
                 "the value type is " + std::to_string(byte_at(content, 2)) +
                     "; only type 8, unsigned bytes, is read");
  }
  const std::size_t dimensions = byte_at(content, 3);
  const std::size_t header = kMagicSize + 4 * dimensions;
  if (dimensions == 0) fail_at_byte(path, 3, "the array has 0 dimensions");
  if (content.size() < header) {
    fail_at_byte(path, content.size(),
                 "the file ends within its header of " + std::to_string(header) + " bytes");
  }

  // The sizes are only believed once their product is the number of bytes that are there.
  IdxArray array{{}, content.substr(header)};
  std::size_t expected = 1;
  std::string shape;
  for (std::size_t i = 0; i < dimensions; ++i) {
    const std::size_t at = kMagicSize + 4 * i;
    const std::size_t size = big_endian(content, at);
    if (size == 0) fail_at_byte(path, at, "dimension " + std::to_string(i + 1) + " has size 0");
    if (expected > array.bytes.size() / size) {
      fail_at_byte(path, at,
                   "the header announces " + shape + std::to_string(size) +
                       (i + 1 < dimensions ? " x ..." : "") + " values, but only " +
                       std::to_string(array.bytes.size()) +
                       " bytes follow it; is the file cut short?");
    }
    expected *= size;
    shape += std::to_string(size) + " x ";
    array.sizes.push_back(static_cast<Index>(size));
  }
  if (array.bytes.size() != expected) {
    fail_at_byte(path, header + expected,
                 std::to_string(array.bytes.size() - expected) +
                     " bytes too many: the header announces " + std::to_string(expected) +
                     " values");
  }
  return array;
}

LabelledData read_labelled_idx(std::string_view images_path, std::string_view images,
                               std::string_view labels_path, std::string_view labels) {
  const IdxArray x = read_idx(images_path, images);
  const IdxArray y = read_idx(labels_path, labels);
  if (x.sizes.size() < 2) {
    fail_at_byte(images_path, 3, "1 dimension, as in a file of labels; images have at least 2");
  }
  if (y.sizes.size() != 1) {
    fail_at_byte(
        labels_path, 3,
        std::to_string(y.sizes.size()) + " dimensions, as in a file of images; labels have 1");
  }
  if (x.sizes[0] != y.sizes[0]) {
    fail(labels_path, std::to_string(y.sizes[0]) + " labels for the " + std::to_string(x.sizes[0]) +
                          " images of " + std::string(images_path) +
                          "; do the two files belong together?");
  }
  const std::size_t dim = x.bytes.size() / y.bytes.size();
  if (dim > kMostPixels) {
    fail(images_path,
         std::to_string(dim) + " pixels an image, more than " + std::to_string(kMostPixels));
  }

  // Number the labels that occur.
  std::array<std::int32_t, 256> arm{};
  for (std::size_t i = 0; i < y.bytes.size(); ++i) arm[byte_at(y.bytes, i)] = 1;
  LabelledData data;
  for (std::size_t value = 0; value < arm.size(); ++value) {
    if (arm[value] == 0) continue;
    arm[value] = static_cast<std::int32_t>(data.classes.size());
    data.classes.push_back(std::to_string(value));
  }
  if (data.classes.size() < 2) {
    fail(labels_path,
         "every label is " + data.classes[0] + "; a bandit needs at least two classes");
  }

  data.labels.reserve(y.bytes.size());
  for (std::size_t i = 0; i < y.bytes.size(); ++i) data.labels.push_back(arm[byte_at(y.bytes, i)]);
  data.pixels.assign(x.bytes.begin(), x.bytes.end());
  data.columns.reserve(dim);
  for (std::size_t i = 0; i < dim; ++i) data.columns.push_back({"pixel " + std::to_string(i), {}});
  return data;
}

}  // namespace cbsim
