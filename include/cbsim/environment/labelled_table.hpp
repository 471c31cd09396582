#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/environment/categories.hpp"
#include "cbsim/environment/column_roles.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {

/// Puts rows of text together as labelled data. A missing value of a numeric column becomes the
/// mean of the others; in a categorical column "missing" is a category of its own, the last.
/// Classes and categories are those that occur, in numeric order if all are numbers, else in byte
/// order.
class LabelledTable {
 public:
  struct Column : LabelledColumn {
    explicit Column(LabelledColumn column) : LabelledColumn(std::move(column)) {}
    /// Of a column that is categorical because of a value in it: that value and its line.
    std::string first_text = {};
    std::size_t first_text_line = 0;
  };

  /// `path` must outlive the table. `missing` are the values that stand for none. `rows` is what to
  /// reserve memory for.
  LabelledTable(std::string_view path, std::vector<Column> columns,
                const std::vector<std::string>& missing, std::size_t rows);

  /// Adds a row with a field for each column; those of numeric columns are numbers or missing.
  /// Throws InputError for a missing label, or for more classes or categories than are allowed.
  void add(std::size_t line, std::span<const std::string_view> fields);

  /// The data. Throws InputError unless there are two classes and a value in each numeric column.
  LabelledData finish();

 private:
  /// A numeric column's missing values are known by their rows until its mean is known.
  struct State {
    Categories categories;
    double sum = 0.0;
    std::size_t numbers = 0;
    std::vector<std::size_t> missing_rows;
  };

  bool is_missing(std::string_view text) const;
  std::int32_t label_code(std::size_t column, std::string_view text, std::size_t line);
  double feature_value(std::size_t column, std::string_view text, std::size_t line);
  void finish_label(std::size_t column);
  void finish_feature(std::size_t column);

  std::string_view path_;
  std::vector<Column> columns_;
  std::vector<State> states_;
  std::set<std::string, std::less<>> missing_;
  std::size_t features_;  ///< columns in use besides the label
  LabelledData data_;
};

}  // namespace cbsim
