// The file of a network's initial weights.

#include "cbsim/training/initial_weights.hpp"
#include "fuzz.hpp"

CBSIM_FUZZ_TARGET(input) {
  using namespace cbsim;
  const File file{"weights.csv", std::make_shared<const std::string>(input.rest())};
  fuzz::accepts(
      [&] { fuzz::demand(parse_weight_list(file).allFinite(), "a weight that is not finite"); });
}
