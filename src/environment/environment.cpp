#include "cbsim/environment/environment.hpp"

#include <stdexcept>

namespace cbsim {

void Environment::draw_rewards(Index /*t*/, Round& /*round*/) {
  throw std::logic_error("an environment without a hidden parameter draws no rewards anew");
}

std::unique_ptr<Environment> EnvironmentSpec::create_with_draw(Seed seed,
                                                               std::uint64_t draw) const {
  if (draw != 0) throw std::logic_error("an environment without a hidden parameter has one draw");
  return create(seed);
}

}  // namespace cbsim
