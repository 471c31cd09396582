#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cbsim/environment/csv_reader.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {

/// How to read a CSV file as labelled data. Columns are named as in the header; a text that names
/// no column but is a position (counted from 0; from the end when negative) means that position.
struct LabelledCsvOptions {
  Delimiter delimiter = Delimiter::comma;
  bool header = true;                                  ///< the first row names the columns
  std::variant<std::string, Index> label = Index{-1};  ///< the column of the label
  std::vector<std::string> missing = {"", "?", "NA"};  ///< the values that stand for none
  std::vector<std::string> categorical;  ///< columns to take as categories though they are numbers
  std::vector<std::string> ignore;       ///< columns to leave out
};

/// Parses labelled data. A column is categorical when it is named so or when any of its values is
/// not a number. A missing value of a numeric column becomes the mean of the others; in a
/// categorical column "missing" is a category of its own, the last. Classes and categories are in
/// numeric order if all are numbers, else in byte order.
/// Throws InputError naming path, line, column, value, rule and remedy. Takes time and memory
/// linear in the size of the text.
LabelledData read_labelled_csv(std::string_view path, std::string_view content,
                               const LabelledCsvOptions& options);

}  // namespace cbsim
