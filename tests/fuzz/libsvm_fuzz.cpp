// A LibSVM text.

#include "cbsim/environment/labelled_libsvm.hpp"
#include "labelled.hpp"

CBSIM_FUZZ_TARGET(input) {
  using namespace cbsim;
  looks_like_libsvm(input.rest());
  fuzz::check_labelled([&] { return read_labelled_libsvm("f.svm", input.rest()); });
}
