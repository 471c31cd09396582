#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/types.hpp"
#include "cbsim/environment/csv_reader.hpp"

namespace cbsim {

/// The columns of a table of numbers, whose header names them in any order: some by their names,
/// and the coordinates x1, x2, ... of a context.
class NamedColumns {
 public:
  /// Reads the header, the first row of `reader`, which must outlive this. Throws InputError for a
  /// name that is unknown, there twice or missing, and for a gap in x1, x2, ...
  NamedColumns(CsvReader& reader, std::vector<std::string_view> required,
               std::vector<std::string_view> optional);

  /// Goes to the next row; false at the end. Throws InputError unless it has a field a column.
  bool next();

  /// Of the last row. Throw InputError where the field is not a finite number of at most 1e150 in
  /// magnitude, or not a count 0, 1, 2, ... The column must be there.
  double number(std::string_view column) const { return number(*find(column)); }
  Index count(std::string_view column) const;
  void append_context(std::vector<double>& out) const;

  bool has(std::string_view column) const { return find(column).has_value(); }
  Index dim() const { return static_cast<Index>(x_.size()); }

  /// Throws InputError naming the last row, a column and its field: "column 'arm': '7' <rule>".
  [[noreturn]] void fail(std::string_view column, const std::string& rule) const {
    fail(*find(column), rule);
  }

 private:
  std::optional<std::size_t> find(std::string_view column) const;
  double number(std::size_t column) const;
  [[noreturn]] void fail(std::size_t column, const std::string& rule) const;
  [[noreturn]] void fail_at_header(const std::string& message) const;
  void find_coordinates();
  std::string known() const;

  CsvReader& reader_;
  std::vector<std::string_view> required_, optional_;
  std::size_t header_line_ = 0;
  std::vector<std::string> names_;
  std::map<std::string, std::size_t, std::less<>> places_;  ///< of the names
  std::vector<std::size_t> x_;                              ///< the columns of x1, x2, ...
};

}  // namespace cbsim
