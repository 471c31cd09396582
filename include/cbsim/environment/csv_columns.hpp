#pragma once

#include <vector>

#include "cbsim/environment/column_roles.hpp"
#include "cbsim/environment/csv_reader.hpp"

namespace cbsim {

/// Reads the first row of a file, which names the columns if it is a `header`, and gives each of
/// them its role. Throws InputError as `assign_roles` does.
std::vector<LabelledColumn> read_columns(CsvReader& reader, const ColumnRoles& roles, bool header);

}  // namespace cbsim
