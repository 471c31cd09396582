// The log of another policy: a byte of options, then the text.

#include "cbsim/environment/replay_log.hpp"
#include "fuzz.hpp"

CBSIM_FUZZ_TARGET(input) {
  using namespace cbsim;
  const std::size_t choices = input.choice(8);
  const auto arms = (choices & 4) != 0 ? std::optional<Index>(3) : std::nullopt;
  fuzz::accepts([&] {
    const ReplayLog log =
        read_replay_log("f.csv", input.rest(), static_cast<Delimiter>(choices % 4), arms);
    const auto rounds = static_cast<std::size_t>(log.rounds());
    fuzz::demand(rounds > 0 && log.arm.size() == rounds && log.rewards.size() == log.rounds(),
                 "another number of rounds");
    for (const Index arm : log.arm) fuzz::demand(arm >= 0 && arm < log.arms, "no such arm");
    fuzz::demand(log.contexts.allFinite() && log.rewards.allFinite(), "a number is not finite");
    fuzz::demand(log.least_propensity > 0.0 && log.least_propensity <= 1.0, "no probability");
  });
}
