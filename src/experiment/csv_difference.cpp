#include "cbsim/experiment/csv_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

using Words = std::vector<std::string_view>;

Words split(std::string_view text, char separator) {
  Words words;
  for (;;) {
    const auto end = text.find(separator);
    words.push_back(text.substr(0, end));
    if (end == text.npos) return words;
    text.remove_prefix(end + 1);
  }
}

/// The rows of both tables, seen so far.
struct Column {
  double largest = 0.0;     ///< of the numbers
  double difference = 0.0;  ///< the largest; infinite where texts differ that are not both numbers
  std::string place;        ///< of it
};

void look(Column& column, std::string_view one, std::string_view other, const std::string& place) {
  const auto a = parsed<double>(one), b = parsed<double>(other);
  if (a && b) column.largest = std::max({column.largest, std::abs(*a), std::abs(*b)});
  if (one == other) return;
  const double difference = a && b ? std::abs(*a - *b) : std::numeric_limits<double>::infinity();
  if (!column.place.empty() && difference <= column.difference) return;
  column.difference = difference;
  column.place = place + ": " + std::string(one) + " and " + std::string(other);
}

CsvDifference shape(std::string place) {
  return {std::numeric_limits<double>::infinity(), std::move(place)};
}

}  // namespace

std::optional<CsvDifference> csv_difference(std::string_view one, std::string_view other) {
  if (one == other) return {};
  const Words a = split(one, '\n'), b = split(other, '\n');
  const bool has_header = !parsed<double>(a.front().substr(0, a.front().find(',')));
  const Words header = split(a.front(), ',');
  if (has_header && a.front() != b.front()) return shape("the headers differ");
  std::vector<Column> columns(header.size());
  for (std::size_t line = has_header ? 1 : 0; line < std::min(a.size(), b.size()); ++line) {
    if (a[line] == b[line] && a[line].empty()) continue;
    const Words left = split(a[line], ','), right = split(b[line], ',');
    const std::string row = "row " + std::to_string(has_header ? line : line + 1);
    if (left.size() != right.size() || left.size() != columns.size()) {
      return shape(row + ": " + std::to_string(left.size()) + " and " +
                   std::to_string(right.size()) + " fields");
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      look(columns[i], left[i], right[i], has_header ? row + ", " + std::string(header[i]) : row);
    }
  }
  if (a.size() != b.size()) {
    return shape(std::to_string(a.size()) + " and " + std::to_string(b.size()) + " lines");
  }
  CsvDifference worst;
  for (const Column& column : columns) {
    if (column.place.empty()) continue;
    // Where all numbers of a column are 0 a difference is one of texts: 0 and -0, or 0 and x.
    const double size =
        column.largest > 0.0 ? column.difference / column.largest : column.difference;
    if (worst.place.empty() || size > worst.size) worst = {size, column.place};
  }
  return worst;
}

}  // namespace cbsim
