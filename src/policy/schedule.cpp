#include "cbsim/policy/schedule.hpp"

#include <cmath>

namespace cbsim {

ObjectSlot PowerDecay::slot(const Range& range) {
  return {{real("initial", &initial, {.low = range.low, .low_open = range.low_open},
                {"value in round 1", "c"}),
           real("power", &power, between(-10, 10),
                {"a of c t^(−a) in round t; a negative power grows", "a"})},
          "schedule",
          "decay"};
}

double PowerDecay::value(Index t) const {
  return initial * std::pow(static_cast<double>(t), -power);
}

Setting Schedule::setting(std::string_view key, const Range& range, Description description) {
  return one_of(key, &kind, {RealSlot{&constant, range}, decay.slot(range)}, description);
}

double Schedule::value(Index t) const { return kind == Kind::constant ? constant : decay.value(t); }

Schedule Schedule::times(double factor) const {
  Schedule scaled = *this;
  scaled.constant *= factor;
  scaled.decay.initial *= factor;
  return scaled;
}

}  // namespace cbsim
