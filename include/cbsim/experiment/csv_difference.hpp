#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cbsim {

/// Where two tables of numbers differ the most.
struct CsvDifference {
  double size = 0.0;  ///< relative to the largest number of the column; infinite for other texts
  std::string place;  ///< "row 12, mean: 0.1 and 0.2"; rows count from 1, after the header
};

/// Compares two CSV texts without quoted fields, such as those of a run's folder, field by field.
/// Absent where they are the same bytes. A header is a first line that does not begin with a
/// number.
std::optional<CsvDifference> csv_difference(std::string_view one, std::string_view other);

}  // namespace cbsim
