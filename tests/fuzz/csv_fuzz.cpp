// A labelled CSV: a byte of options, then the text.

#include "cbsim/environment/labelled_csv.hpp"
#include "labelled.hpp"

CBSIM_FUZZ_TARGET(input) {
  using namespace cbsim;
  LabelledCsvOptions options;
  const std::size_t choices = input.choice(64);
  options.delimiter = static_cast<Delimiter>(choices % 4);
  options.header = (choices & 4) == 0;
  if ((choices & 8) != 0) options.label = "class";
  if ((choices & 16) != 0) options.categorical = {"x1"};
  if ((choices & 32) != 0) options.ignore = {"0"};
  fuzz::check_labelled([&] { return read_labelled_csv("f.csv", input.rest(), options); });
}
