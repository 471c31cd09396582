#pragma once

#include <string>

namespace cbsim {

/// The shortest decimal text that reads back as `value`, independent of the locale.
std::string shortest(double value);

}  // namespace cbsim
