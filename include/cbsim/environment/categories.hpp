#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cbsim {

/// The most classes of a label, and the most categories of a column: more are a mistake in the
/// settings (a real-valued label, an identifier among the features).
constexpr std::size_t kMostCategories = 1000;

/// Numbers the distinct values of a column as they appear, and puts them in order at the end.
class Categories {
 public:
  static constexpr std::int32_t kTooMany = -1;

  /// The code of a value, counted from 1 in order of appearance; kTooMany when it would be one more
  /// than kMostCategories.
  std::int32_t code(std::string_view value);
  /// The code of a missing value, which is a category of its own.
  std::int32_t missing();

  struct Order {
    std::vector<std::string> names;
    std::vector<std::int32_t> rank;  ///< rank[code] is the code's index into `names`
  };
  /// Numeric order when all values are numbers, else byte order; "(missing)" is last.
  Order order() const;

 private:
  std::map<std::string, std::int32_t, std::less<>> codes_;
  bool has_missing_ = false;
};

}  // namespace cbsim
