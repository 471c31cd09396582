// A pair of IDX files: the images, a line "---", the labels.

#include "cbsim/environment/idx_reader.hpp"

#include "labelled.hpp"

CBSIM_FUZZ_TARGET(input) {
  using namespace cbsim;
  const std::string images = input.part("\n---\n");
  fuzz::check_labelled(
      [&] { return read_labelled_idx("images", images, "labels", input.rest()); });
}
