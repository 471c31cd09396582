#include "cbsim/core/settings.hpp"

#include <cmath>

#include "cbsim/core/text.hpp"

namespace cbsim {

bool Range::contains(double value) const {
  if (std::isnan(value)) return false;
  const bool low_ok = low_open ? value > low : value >= low;
  const bool high_ok = high_open ? value < high : value <= high;
  return low_ok && high_ok;
}

std::string Range::text() const {
  const bool has_low = std::isfinite(low), has_high = std::isfinite(high);
  if (!has_low && !has_high) return "any";
  if (!has_high) return (low_open ? "> " : ">= ") + plain_number(low);
  if (!has_low) return (high_open ? "< " : "<= ") + plain_number(high);
  return std::string("in ") + (low_open ? "(" : "[") + plain_number(low) + ", " +
         plain_number(high) + (high_open ? ")" : "]");
}

Range any() { return {}; }
Range at_least(double low) { return {.low = low}; }
Range above(double low) { return {.low = low, .low_open = true}; }
Range between(double low, double high) { return {.low = low, .high = high}; }
Range strictly_between(double low, double high) {
  return {.low = low, .high = high, .low_open = true, .high_open = true};
}

Setting real(std::string_view key, double* value, Range range, Description description) {
  return {key, description, {RealSlot{value, range}}};
}
Setting integer(std::string_view key, std::int64_t* value, Range range, Description description) {
  return {key, description, {IntegerSlot{value, range}}};
}
Setting boolean(std::string_view key, bool* value, Description description) {
  return {key, description, {BooleanSlot{value}}};
}
Setting text(std::string_view key, std::string* value, Description description) {
  return {key, description, {TextSlot{value}}};
}
Setting file(std::string_view key, File* value, Description description) {
  return {key, description, {FileSlot{value}}};
}
Setting group(std::string_view key, Settings fields, Description description) {
  return {key, description, {ObjectSlot{std::move(fields)}}};
}
Setting required(Setting setting) {
  setting.required = true;
  return setting;
}

Settings joined(Settings first, Settings second) {
  for (Setting& setting : second) first.push_back(std::move(setting));
  return first;
}

std::vector<Violation> nested(std::string_view group, std::vector<Violation> violations) {
  for (Violation& violation : violations) {
    violation.path = std::string(group) + "." + violation.path;
  }
  return violations;
}

}  // namespace cbsim
