#pragma once

#include <string>
#include <vector>

#include "cbsim/environment/csv_reader.hpp"
#include "cbsim/environment/labelled_csv.hpp"

namespace cbsim {

/// A column of a labelled file, as its header and the settings describe it.
struct CsvColumn {
  std::string name;  ///< as messages name it: of the header, else its position
  bool used = true;  ///< false for the ignored ones
  bool label = false;
  bool categorical = false;  ///< the label and those that the settings name
};

/// Reads the first row of a file and gives each of its columns a role. Exactly one is the label,
/// and at least one other is used. Throws InputError where a setting names no column, or more than
/// one.
std::vector<CsvColumn> read_columns(CsvReader& reader, const LabelledCsvOptions& options);

}  // namespace cbsim
