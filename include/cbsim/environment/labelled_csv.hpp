#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cbsim/environment/column_roles.hpp"
#include "cbsim/environment/csv_reader.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {

/// How to read a CSV file as labelled data. Columns are named as in the header, or by position.
struct LabelledCsvOptions : ColumnRoles {
  Delimiter delimiter = Delimiter::comma;
  bool header = true;                                  ///< the first row names the columns
  std::vector<std::string> missing = {"", "?", "NA"};  ///< the values that stand for none
};

/// Parses labelled data. A column is categorical when it is named so or when any of its values is
/// not a number; what becomes of its values, LabelledTable says.
/// Throws InputError naming path, line, column, value, rule and remedy. Takes time and memory
/// linear in the size of the text.
LabelledData read_labelled_csv(std::string_view path, std::string_view content,
                               const LabelledCsvOptions& options);

}  // namespace cbsim
