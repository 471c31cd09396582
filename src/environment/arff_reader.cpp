#include "cbsim/environment/arff_reader.hpp"

#include <algorithm>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/environment/column_roles.hpp"
#include "cbsim/environment/data_text.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {
namespace {

/// Of all nominal attributes together.
constexpr std::size_t kMostValues = 1'000'000;

/// Whether two ASCII words are the same but for their case.
bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// Lines that begin with a brace.
std::size_t count_sparse_rows(std::string_view content) {
  std::size_t count = 0;
  while (!content.empty()) {
    const std::string_view line = take_line(content);
    const std::size_t begin = line.find_first_not_of(kArffBlanks);
    if (begin < line.size() && line[begin] == '{') ++count;
  }
  return count;
}

}  // namespace

bool looks_like_arff(std::string_view content) {
  ArffLine line("", without_byte_order_mark(content));
  if (!line.next() || line.at_quote()) return false;
  const std::string_view keyword = line.word(kArffBlanks);
  return same_word(keyword, "@relation") || same_word(keyword, "@attribute");
}

ArffReader::ArffReader(std::string_view path, std::string_view content)
    : path_(path), line_(path, without_byte_order_mark(content)) {
  check_is_text(path, content);
  read_header();
}

// --- The header ----------------------------------------------------------------------------------

void ArffReader::read_header() {
  while (line_.next()) {
    const std::string_view keyword = line_.word(kArffBlanks);
    if (same_word(keyword, "@relation")) continue;
    if (same_word(keyword, "@attribute")) {
      read_attribute();
    } else if (same_word(keyword, "@data")) {
      line_.expect_end();
      return begin_rows();
    } else {
      line_.fail(in_quotes(keyword) + " in the header; expected @relation, @attribute or @data");
    }
  }
  throw InputError(std::string(path_) +
                   ": no @data line, after which the rows of an ARFF file stand");
}

void ArffReader::begin_rows() {
  const std::size_t count = attributes_.size();
  if (count < 2) {
    line_.fail("@data after " + std::to_string(count) +
               " attributes; a label and a feature are needed");
  }
  // Few bytes of a sparse row stand for many values, so their number is bounded.
  const std::size_t sparse_rows = count_sparse_rows(line_.rest_of_file());
  if (sparse_rows > kMostDenseValues / count) {
    line_.fail(std::to_string(sparse_rows) + " sparse rows of " + std::to_string(count) +
               " attributes are more than " + std::to_string(kMostDenseValues) +
               " values, the most that are held; take fewer rows or attributes");
  }
  for (const ArffAttribute& attribute : attributes_) {
    const bool nominal = attribute.type == ArffAttribute::Type::nominal;
    sparse_.push_back(nominal ? std::string_view(attribute.values.front()) : "0");
  }
  named_.assign(count, 0);
}

void ArffReader::read_attribute() {
  if (attributes_.size() == kMostColumns) {
    line_.fail("more than " + std::to_string(kMostColumns) + " attributes");
  }
  if (!line_.more()) line_.fail("@attribute without a name");
  ArffAttribute& attribute = attributes_.emplace_back();
  attribute.name = line_.word(" \t\r{");
  read_type(attribute);
}

void ArffReader::read_type(ArffAttribute& attribute) {
  using Type = ArffAttribute::Type;
  if (line_.take('{')) return read_values(attribute);
  const std::string_view type = line_.word(kArffBlanks);
  const std::string name = "attribute " + in_quotes(attribute.name);
  if (same_word(type, "numeric") || same_word(type, "real") || same_word(type, "integer")) {
    attribute.type = Type::numeric;
  } else if (same_word(type, "string")) {
    attribute.type = Type::string;
  } else if (same_word(type, "date")) {
    attribute.type = Type::date;
    if (line_.more()) line_.word(kArffBlanks);  // its format
  } else if (same_word(type, "relational")) {
    line_.fail(name + " is relational; tables within tables are not read");
  } else {
    line_.fail(name + " has the type " + in_quotes(type) +
               "; expected numeric, real, integer, string, date or values in braces");
  }
  line_.expect_end();
}

void ArffReader::read_values(ArffAttribute& attribute) {
  attribute.type = ArffAttribute::Type::nominal;
  const std::string name = "attribute " + in_quotes(attribute.name);
  do {
    const bool is_quoted = line_.at_quote();
    if (++values_ > kMostValues) {
      line_.fail("more than " + std::to_string(kMostValues) + " values of nominal attributes");
    }
    attribute.values.emplace_back(line_.word(",}"));
    if (attribute.values.back().empty() && !is_quoted) line_.fail(name + " has an empty value");
  } while (line_.take(','));
  if (!line_.take('}')) line_.fail(name + ": its values do not end in '}' on this line");
  line_.expect_end();
}

// --- Rows ----------------------------------------------------------------------------------------

bool ArffReader::next() {
  if (!line_.next()) return false;
  if (line_.take('{')) {
    read_sparse_row();
  } else {
    read_dense_row();
  }
  return true;
}

void ArffReader::read_dense_row() {
  fields_.clear();
  std::size_t count = 0;
  do {
    if (line_.at('{')) line_.fail("a weight, {...}, in the row; weights of rows are not read");
    const bool is_quoted = line_.at_quote();
    const std::string_view field = line_.more() ? line_.word(",") : std::string_view();
    if (field.empty() && !is_quoted) {
      line_.fail("an empty value for the attribute number " + std::to_string(count) +
                 "; a missing one is written ?");
    }
    if (++count <= attributes_.size()) fields_.push_back(field);
  } while (line_.take(','));
  line_.expect_end();
  if (count != attributes_.size()) {
    line_.fail(std::to_string(count) + " values, but the header has " +
               std::to_string(attributes_.size()) + " attributes");
  }
}

void ArffReader::read_sparse_row() {
  fields_ = sparse_;
  if (!line_.take('}')) {
    do {
      line_.more();
      const std::string_view text = line_.word(" \t\r,}");
      const std::size_t index = parsed<std::size_t>(text).value_or(fields_.size());
      if (index >= fields_.size()) {
        line_.fail(in_quotes(text) +
                   " is no index of an attribute; sparse rows are {index value, ...}, "
                   "indices count from 0 to " +
                   std::to_string(fields_.size() - 1));
      }
      if (named_[index] == line_.number()) {
        line_.fail("the index " + std::to_string(index) + " twice");
      }
      named_[index] = line_.number();
      const bool is_quoted = line_.at_quote();
      fields_[index] = line_.word(",}");
      if (fields_[index].empty() && !is_quoted) {
        line_.fail("the index " + std::to_string(index) + " without a value");
      }
    } while (line_.take(','));
    if (!line_.take('}')) line_.fail("a sparse row that does not end in '}'");
  }
  if (line_.at(',')) line_.fail("a weight, {...}, after the row; weights of rows are not read");
  line_.expect_end();
}

}  // namespace cbsim
