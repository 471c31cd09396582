#include "cbsim/environment/categories.hpp"

#include <algorithm>
#include <utility>

#include "cbsim/environment/data_text.hpp"

namespace cbsim {

std::int32_t Categories::code(std::string_view value) {
  const auto found = codes_.find(value);
  if (found != codes_.end()) return found->second;
  if (codes_.size() == kMostCategories) return kTooMany;
  const auto next = static_cast<std::int32_t>(codes_.size()) + 1;
  codes_.emplace(value, next);
  return next;
}

std::int32_t Categories::missing() {
  has_missing_ = true;
  return 0;
}

Categories::Order Categories::order() const {
  struct Entry {
    double number;
    std::int32_t code;
    const std::string* name;
  };
  std::vector<Entry> entries;  // in byte order
  bool numbers = true;
  for (const auto& [name, code] : codes_) {
    const Field field = parse_field(name);
    numbers = numbers && field.kind == FieldKind::number;
    entries.push_back({field.value, code, &name});
  }
  if (numbers) std::ranges::stable_sort(entries, {}, &Entry::number);

  Order order;
  order.rank.assign(entries.size() + 1, 0);
  for (const Entry& entry : entries) {
    order.rank[static_cast<std::size_t>(entry.code)] =
        static_cast<std::int32_t>(order.names.size());
    order.names.push_back(*entry.name);
  }
  if (has_missing_) {
    order.rank[0] = static_cast<std::int32_t>(order.names.size());
    order.names.emplace_back("(missing)");
  }
  return order;
}

}  // namespace cbsim
