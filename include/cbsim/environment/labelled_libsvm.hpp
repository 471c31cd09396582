#pragma once

#include <string_view>

#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {

/// Whether `content` begins as a LibSVM file does.
bool looks_like_libsvm(std::string_view content);

/// Parses the format of LIBSVM and SVMlight: a line "label index:value index:value ...", indices
/// from 1 in any order, what is not named is 0; '#' begins a comment. A label is a number that
/// names a class; classes are in numeric order. There are as many coordinates as the largest index
/// says. Throws InputError naming path, line, value, rule and remedy. Takes time linear in the size
/// of the text and of the dense data, which kMostDenseValues bounds.
LabelledData read_labelled_libsvm(std::string_view path, std::string_view content);

}  // namespace cbsim
