#pragma once

#include <string_view>
#include <vector>

#include "cbsim/core/types.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {

/// An array of unsigned bytes in the IDX format of MNIST: the bytes 0, 0, 8 (unsigned byte), the
/// number of dimensions, the big-endian 32-bit size of each, then the values, last index fastest.
struct IdxArray {
  std::vector<Index> sizes;
  std::string_view bytes;  ///< a part of the text that was parsed
};

/// Whether `content` begins as an IDX file does, of whatever value type.
bool looks_like_idx(std::string_view content);

/// Throws InputError naming path, byte, value and rule when `content` is not exactly one array.
IdxArray read_idx(std::string_view path, std::string_view content);

/// Images (n x height x width, or n rows of any other shape) and their n labels. The classes are
/// the labels that occur, in numeric order.
LabelledData read_labelled_idx(std::string_view images_path, std::string_view images,
                               std::string_view labels_path, std::string_view labels);

}  // namespace cbsim
