// A user's own rounds: a byte of options, then the text.

#include "cbsim/environment/round_table.hpp"
#include "fuzz.hpp"

CBSIM_FUZZ_TARGET(input) {
  using namespace cbsim;
  const std::size_t choices = input.choice(8);
  fuzz::accepts([&] {
    const bool shared = (choices & 4) != 0;
    const RoundTable table =
        read_round_table("f.csv", input.rest(), static_cast<Delimiter>(choices % 4), shared);
    const Index contexts = table.rounds * (shared ? 1 : table.arms);
    fuzz::demand(table.rounds > 0 && table.arms > 0 && table.dim > 0, "an empty table");
    fuzz::demand(table.contexts.rows() == table.dim && table.contexts.cols() == contexts,
                 "another number of contexts");
    fuzz::demand(table.rewards.rows() == table.arms && table.rewards.cols() == table.rounds,
                 "another number of rewards");
    fuzz::demand(table.contexts.allFinite() && table.rewards.allFinite() &&
                     table.expected.allFinite(),
                 "a number that is not finite");
  });
}
