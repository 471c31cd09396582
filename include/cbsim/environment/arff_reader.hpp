#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/environment/arff_line.hpp"

namespace cbsim {

/// A column of an ARFF file as its header declares it.
struct ArffAttribute {
  enum class Type { numeric, nominal, string, date };

  std::string name;
  Type type = Type::numeric;
  std::vector<std::string> values;  ///< of a nominal one, in the order of the file
};

/// Whether `content` begins as an ARFF file does.
bool looks_like_arff(std::string_view content);

/// Cuts an ARFF text (the format of Weka) into its header and rows, one row at a time: values apart
/// by commas, or sparse rows {index value, ...} with indices from 0, where what is not named is 0
/// or the first value of a nominal attribute. Knows no types: a value is a text.
class ArffReader {
 public:
  /// Reads the header. Both texts must outlive the reader. Throws InputError naming the line.
  ArffReader(std::string_view path, std::string_view content);

  const std::vector<ArffAttribute>& attributes() const { return attributes_; }

  /// Reads the next row; false at the end. Throws InputError naming the line.
  bool next();

  /// Of the last row, one for each attribute; valid until the next call of `next`.
  std::span<const std::string_view> fields() const { return fields_; }
  /// Of the last row, or of @data; lines count from 1.
  std::size_t line() const { return line_.number(); }
  std::string_view path() const { return path_; }

 private:
  void read_header();
  void begin_rows();
  void read_attribute();
  void read_type(ArffAttribute& attribute);
  void read_values(ArffAttribute& attribute);
  void read_dense_row();
  void read_sparse_row();

  std::string_view path_;
  ArffLine line_;
  std::vector<ArffAttribute> attributes_;
  std::size_t values_ = 0;  ///< of all nominal ones
  std::vector<std::string_view> fields_;
  std::vector<std::string_view> sparse_;  ///< the fields of an empty sparse row
  std::vector<std::size_t> named_;        ///< the last line whose sparse row names an attribute
};

}  // namespace cbsim
