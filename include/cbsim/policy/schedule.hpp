#pragma once

#include <string_view>

#include "cbsim/core/settings.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// c t^(-a) in round t; a negative power grows.
struct PowerDecay {
  double initial;  ///< c
  double power;    ///< a

  /// The form {"schedule": "decay", "initial": c, "power": a} of a setting that admits `range`
  /// where it is a number; c has the lower bound only.
  ObjectSlot slot(const Range& range);
  double value(Index t) const;
};

/// A factor that is constant or follows the round.
struct Schedule {
  enum class Kind { constant, decay };

  Kind kind = Kind::constant;
  double constant;
  PowerDecay decay;

  /// The default: constant; and the power where the user asks for a decay from there.
  explicit Schedule(double constant_, double power = 0.5)
      : constant(constant_), decay{constant_, power} {}

  /// A number in `range`, or a decay.
  Setting setting(std::string_view key, const Range& range, Description description);
  /// In round t = 1, 2, ...
  double value(Index t) const;
  /// The same times a factor.
  Schedule times(double factor) const;
};

}  // namespace cbsim
