#include "cbsim/environment/labelled_arff.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "cbsim/environment/arff_reader.hpp"
#include "cbsim/environment/data_text.hpp"
#include "cbsim/environment/labelled_table.hpp"

namespace cbsim {
namespace {

using Type = ArffAttribute::Type;
constexpr std::string_view kMissing = "?";

class ArffParser {
 public:
  ArffParser(std::string_view path, std::string_view content) : reader_(path, content) {}

  LabelledData parse(const ColumnRoles& roles) {
    read_columns(roles);
    LabelledTable table(reader_.path(), {columns_.begin(), columns_.end()}, {std::string(kMissing)},
                        0);
    bool rows = false;
    for (; reader_.next(); rows = true) {
      for (std::size_t i = 0; i < columns_.size(); ++i) check(i);
      table.add(reader_.line(), reader_.fields());
    }
    if (!rows) fail_at_line(reader_.path(), reader_.line(), "no rows after @data");
    return table.finish();
  }

 private:
  void read_columns(const ColumnRoles& roles);
  void check(std::size_t column) const;

  ArffReader reader_;
  std::vector<LabelledColumn> columns_;
  std::vector<std::vector<std::string>> sorted_values_;  ///< of nominal columns
};

void ArffParser::read_columns(const ColumnRoles& roles) {
  for (const ArffAttribute& attribute : reader_.attributes()) {
    columns_.push_back({.name = attribute.name, .categorical = attribute.type == Type::nominal});
    std::ranges::sort(sorted_values_.emplace_back(attribute.values));
  }
  assign_roles(reader_.path(), reader_.line(), roles, true, columns_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Type type = reader_.attributes()[i].type;
    if (!columns_[i].used || type == Type::numeric || type == Type::nominal) continue;
    fail_at_line(reader_.path(), reader_.line(),
                 "attribute " + in_quotes(columns_[i].name) + " is of the type " +
                     (type == Type::string ? "string" : "date") +
                     ", which is no feature; add it to \"ignore\", or declare its values in "
                     "braces");
  }
}

/// A value must be of the type that the header declares.
void ArffParser::check(std::size_t column) const {
  const std::string_view value = reader_.fields()[column];
  if (!columns_[column].used || value == kMissing) return;
  const auto fail = [&](const std::string& rule) {
    fail_at_line(
        reader_.path(), reader_.line(),
        "attribute " + in_quotes(columns_[column].name) + ": " + in_quotes(value) + " is " + rule);
  };
  if (reader_.attributes()[column].type == Type::nominal) {
    if (!std::ranges::binary_search(sorted_values_[column], value)) {
      fail("none of its values, " + in_quotes(reader_.attributes()[column].values));
    }
  } else if (parse_field(value).kind != FieldKind::number) {
    fail("not a finite number of at most 1e150 in magnitude");
  }
}

}  // namespace

LabelledData read_labelled_arff(std::string_view path, std::string_view content,
                                const ColumnRoles& roles) {
  return ArffParser(path, content).parse(roles);
}

}  // namespace cbsim
