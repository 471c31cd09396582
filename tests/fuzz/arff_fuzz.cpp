// An ARFF text, after a byte of options.

#include "cbsim/environment/labelled_arff.hpp"

#include "cbsim/environment/arff_reader.hpp"
#include "labelled.hpp"

CBSIM_FUZZ_TARGET(input) {
  using namespace cbsim;
  ColumnRoles roles;
  const std::size_t choices = input.choice(8);
  if ((choices & 1) != 0) roles.label = "class";
  if ((choices & 2) != 0) roles.categorical = {"x1"};
  if ((choices & 4) != 0) roles.ignore = {"0"};
  looks_like_arff(input.rest());
  fuzz::check_labelled([&] { return read_labelled_arff("f.arff", input.rest(), roles); });
}
