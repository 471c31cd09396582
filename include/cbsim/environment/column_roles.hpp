#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// The most columns of a file: more are a mistake in the settings, or an attack.
constexpr std::size_t kMostColumns = 100000;

/// Which columns of a file play which part. A text that names no column but is a position (counted
/// from 0; from the end when negative) means that position.
struct ColumnRoles {
  std::variant<std::string, Index> label = Index{-1};  ///< the column of the label
  std::vector<std::string> categorical;  ///< columns to take as categories though they are numbers
  std::vector<std::string> ignore;       ///< columns to leave out
};

/// A column of a labelled file, as the file and the settings describe it.
struct LabelledColumn {
  std::string name;  ///< as messages name it: of the header, else its position
  bool used = true;  ///< false for the ignored ones
  bool label = false;
  bool categorical = false;  ///< the label, and those that the settings or the file name so
};

/// Gives each column its role. Exactly one is the label, and at least one other is used. Columns
/// without names (`named` false) go by their positions. Throws InputError, naming `line`, where a
/// setting names no column, or more than one.
void assign_roles(std::string_view path, std::size_t line, const ColumnRoles& roles, bool named,
                  std::vector<LabelledColumn>& columns);

}  // namespace cbsim
