#include "cbsim/environment/labelled_libsvm.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/environment/categories.hpp"
#include "cbsim/environment/column_roles.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

/// Removes and returns the part of `text` before the first of `ends`, and that one.
std::string_view cut(std::string_view& text, std::string_view ends) {
  const std::size_t end = std::min(text.find_first_of(ends), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// Removes and returns the next word; empty at the end.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
  return cut(line, " \t\r");
}

/// npos where it is beyond 64 bits.
std::optional<std::size_t> parse_index(std::string_view text) {
  std::size_t index = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, index);
  const bool digits = rest == end && !text.empty() && error != std::errc::invalid_argument;
  if (!digits) return std::nullopt;
  return error == std::errc() ? index : std::string::npos;
}

bool is_pair(std::string_view word) {
  const std::string_view index = cut(word, ":");
  return (parse_index(index) || index == "qid") && parse_field(word).kind != FieldKind::text;
}

/// Reads the lines one by one.
class Reader {
 public:
  Reader(std::string_view path, std::string_view content)
      : path_(path), content_(content), rest_(content) {}

  /// Calls label(text) and pair(index, value), index from 0, for the next row; false at the end.
  template <class OnLabel, class OnPair>
  bool next(const OnLabel& label, const OnPair& pair) {
    while (!rest_.empty()) {
      ++line_;
      std::string_view whole = take_line(rest_);
      std::string_view row = cut(whole, "#");
      const std::string_view first = next_word(row);
      if (first.empty()) continue;
      label(class_name(first));
      while (true) {
        const std::string_view word = next_word(row);
        if (word.empty()) return true;
        read_pair(word, pair);
      }
    }
    return false;
  }

  void rewind() {
    rest_ = content_;
    line_ = 0;
  }
  std::size_t line() const { return line_; }

  [[noreturn]] void fail(const std::string& message) const { fail_at_line(path_, line_, message); }

 private:
  std::string class_name(std::string_view text) const {
    const Field field = parse_field(text);
    if (field.kind == FieldKind::number) return shortest(field.value + 0.0);  // -0 is 0
    if (text.find(':') != std::string_view::npos) {
      fail(in_quotes(text) + " where the label should be; a line is: label index:value ...");
    }
    if (text.find(',') != std::string_view::npos) {
      fail("the label " + in_quotes(text) + " names several classes; a row needs exactly one");
    }
    fail("the label " + in_quotes(text) + " is not a finite number of at most 1e150 in magnitude");
  }

  template <class OnPair>
  void read_pair(std::string_view word, const OnPair& pair) const {
    std::string_view value_text = word;
    const std::string_view index_text = cut(value_text, ":");
    if (index_text == "qid") fail("qid, a query of a ranking problem, has no place in a bandit");
    const auto index = parse_index(index_text);
    if (!index || index_text.size() == word.size()) {
      fail(in_quotes(word) + " is not index:value");
    }
    if (*index == 0) fail(in_quotes(word) + ": indices count from 1; add 1 to all of the file");
    if (*index > kMostColumns) {
      fail(in_quotes(word) + ": the index is beyond " + std::to_string(kMostColumns) +
           ", the most coordinates that are read");
    }
    const Field value = parse_field(value_text);
    if (value.kind != FieldKind::number) {
      fail(in_quotes(word) + ": " + in_quotes(value_text) +
           " is not a finite number of at most 1e150 in magnitude");
    }
    pair(*index - 1, value.value);
  }

  std::string_view path_, content_, rest_;
  std::size_t line_ = 0;
};

/// Reads a file twice: the first time for the number of rows and coordinates.
class LibsvmParser {
 public:
  LibsvmParser(std::string_view path, std::string_view content)
      : path_(path), reader_(path, content) {}

  LabelledData parse() {
    measure();
    reader_.rewind();
    data_.values.assign(rows_ * dim_, 0.0);
    std::size_t row = 0;
    const auto skip = [](const std::string&) {};
    const auto store = [&](std::size_t i, double value) { data_.values[row * dim_ + i] = value; };
    while (reader_.next(skip, store)) ++row;
    for (std::size_t i = 1; i <= dim_; ++i) data_.columns.push_back({std::to_string(i), {}});
    return std::move(data_);
  }

 private:
  void measure();

  std::string_view path_;
  Reader reader_;
  LabelledData data_;
  std::size_t rows_ = 0, dim_ = 0;
};

void LibsvmParser::measure() {
  Categories classes;
  std::vector<std::size_t> last_row;  // in which each coordinate was named, from 1; 0: none
  const auto add_label = [&](const std::string& name) {
    ++rows_;
    const std::int32_t code = classes.code(name);
    if (code == Categories::kTooMany) {
      reader_.fail("more than " + std::to_string(kMostCategories) +
                   " classes; labels must name classes, and these look like measurements");
    }
    data_.labels.push_back(code);
  };
  const auto mark = [&](std::size_t i, double) {
    if (i >= last_row.size()) last_row.resize(i + 1, 0);
    if (last_row[i] == rows_) reader_.fail("the index " + std::to_string(i + 1) + " twice");
    last_row[i] = rows_;
  };
  while (reader_.next(add_label, mark)) {
    if (rows_ * std::max<std::size_t>(last_row.size(), 1) > kMostDenseValues) {
      reader_.fail(std::to_string(rows_) + " rows of " + std::to_string(last_row.size()) +
                   " coordinates are more than " + std::to_string(kMostDenseValues) +
                   " numbers, the most that are held; take fewer rows or coordinates");
    }
  }
  dim_ = last_row.size();
  const auto fail = [&](const std::string& what) {
    throw InputError(std::string(path_) + ": " + what);
  };
  if (rows_ == 0) fail("no row in the file");
  if (dim_ == 0) fail("no row has a feature, index:value");
  Categories::Order order = classes.order();
  if (order.names.size() < 2) {
    fail("every label is " + in_quotes(order.names[0]) + "; a bandit needs at least two classes");
  }
  for (auto& label : data_.labels) label = order.rank[static_cast<std::size_t>(label)];
  data_.classes = std::move(order.names);
}

}  // namespace

bool looks_like_libsvm(std::string_view content) {
  constexpr int kMostLines = 100;
  content = without_byte_order_mark(content);
  for (int i = 0; i < kMostLines && !content.empty(); ++i) {
    std::string_view line = take_line(content);
    std::string_view row = cut(line, "#");
    const std::string_view label = next_word(row);
    if (label.empty()) continue;
    if (parse_field(label).kind == FieldKind::text) return false;
    bool pairs = false;
    for (auto word = next_word(row); !word.empty(); word = next_word(row), pairs = true) {
      if (!is_pair(word)) return false;
    }
    if (pairs) return true;
  }
  return false;
}

LabelledData read_labelled_libsvm(std::string_view path, std::string_view content) {
  check_is_text(path, content);
  return LibsvmParser(path, without_byte_order_mark(content)).parse();
}

}  // namespace cbsim
