// The text of a config: parser, validation, the files that it names, and what `show` makes of it.

#include "cbsim/experiment/experiment.hpp"
#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/setting_paths.hpp"
#include "worlds.hpp"

CBSIM_FUZZ_TARGET(input) {
  using namespace cbsim;
  static const fuzz::Folder folder;
  static const bool ready = (fuzz::write_data(folder), true);
  fuzz::demand(ready, "no data");
  const std::string config = folder.write("f.json", input.rest());
  fuzz::accepts([&] { setting_paths(config); });
  Experiment experiment;
  if (!fuzz::accepts([&] { experiment = load_experiment(config, {}); })) return;
  fuzz::check_experiment(folder, experiment);
}
