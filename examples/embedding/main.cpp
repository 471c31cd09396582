// Plays the runs of a config in this process and prints the final regret of each.
//
// usage: embedding CONFIG

#include <cbsim/experiment/experiment.hpp>
#include <cbsim/simulate.hpp>
#include <cstdio>
#include <stdexcept>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: embedding CONFIG\n");
    return 2;
  }
  try {
    const cbsim::Experiment experiment = cbsim::load_experiment(argv[1], {});
    for (const cbsim::Cell& cell : experiment.cells) {
      for (const cbsim::Seed seed : experiment.seeds) {
        const auto environment = cell.environment->create(seed);
        const auto policy = cell.policy->create({.shape = cell.environment->facts().shape,
                                                 .horizon = cell.horizon,
                                                 .seed = seed});
        double regret = 0.0;
        cbsim::simulate(*environment, *policy, cell.horizon, [&](const cbsim::RoundRecord& round) {
          regret = round.cum_regret;
          return true;  // go on
        });
        std::printf("%s,%llu,%.17g\n", cell.policy_label.c_str(),
                    static_cast<unsigned long long>(seed), regret);
      }
    }
    return 0;
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "embedding: %s\n", error.what());
    return 1;
  }
}
