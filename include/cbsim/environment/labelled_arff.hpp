#pragma once

#include <string_view>

#include "cbsim/environment/column_roles.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {

/// Parses labelled data in ARFF. The header says which columns are numeric and which, nominal, are
/// categorical; '?' is a missing value. What becomes of the values, LabelledTable says.
/// Throws InputError naming path, line, attribute, value, rule and remedy.
LabelledData read_labelled_arff(std::string_view path, std::string_view content,
                                const ColumnRoles& roles);

}  // namespace cbsim
