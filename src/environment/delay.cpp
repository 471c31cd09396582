#include <cmath>

#include "cbsim/core/rng.hpp"
#include "cbsim/environment/wrapper.hpp"

namespace cbsim::wrappers {
namespace {

enum class DelayLaw { fixed, geometric, batch };

struct DelaySettings {
  DelayLaw law = DelayLaw::fixed;
  std::int64_t rounds = 10;
  double mean = 10.0;
  std::int64_t size = 100;
};

/// Geometric on {0, 1, 2, ...} with that mean, by inversion: P(D >= k) = (mean / (1 + mean))^k.
Index draw_geometric(Stream stream, double mean) {
  return static_cast<Index>(std::log1p(-stream.uniform()) / std::log1p(-1.0 / (1.0 + mean)));
}

class DelayedEnvironment final : public WrappedEnvironment {
 public:
  DelayedEnvironment(std::unique_ptr<Environment> inner, const DelaySettings& delay, Seed seed)
      : WrappedEnvironment(std::move(inner)), delay_(delay), seed_(seed) {}

  Index arrival(Index t) const override {
    const Index arrival = inner_->arrival(t);
    switch (delay_.law) {
      case DelayLaw::fixed:
        return arrival + delay_.rounds;
      case DelayLaw::geometric:
        return arrival +
               draw_geometric(Stream(seed_, Purpose::delay, static_cast<std::uint64_t>(t)),
                              delay_.mean);
      case DelayLaw::batch:
        return (arrival + delay_.size - 1) / delay_.size * delay_.size;
    }
    return arrival;
  }

 private:
  DelaySettings delay_;
  Seed seed_;
};

/// The reward of a round arrives later. Rewards and regret are counted in the round of the arm.
class DelaySpec final : public WrapperSpec {
 public:
  Settings settings() override {
    const Range rounds = between(0, 1e9);
    const Settings geometric = {real("mean", &delay_.mean, rounds, {"mean delay, in rounds"})};
    const Settings batch = {
        integer("size", &delay_.size, between(1, 1e9),
                {"the rewards of every so many rounds arrive together, at the end of the last"})};
    return {one_of("rounds", &delay_.law,
                   {IntegerSlot{&delay_.rounds, rounds}, ObjectSlot{geometric, "law", "geometric"},
                    ObjectSlot{batch, "law", "batch"}},
                   {"the reward of round t arrives at the end of round t + this number; or after a "
                    "random number of rounds; or with those of its batch"})};
  }

  EnvironmentFacts facts(const EnvironmentFacts& inner) const override {
    EnvironmentFacts facts = inner;
    facts.pending += delay_.law == DelayLaw::fixed       ? static_cast<double>(delay_.rounds)
                     : delay_.law == DelayLaw::geometric ? delay_.mean
                                                         : static_cast<double>(delay_.size);
    return facts;
  }

  std::unique_ptr<Environment> create(const InnerDraw& inner, Seed seed) const override {
    return std::make_unique<DelayedEnvironment>(inner(0), delay_, seed);
  }

 private:
  DelaySettings delay_;
};

}  // namespace

WrapperType delay() {
  return {"delay", "rewards arrive later than their round, one by one or in batches",
          "Zhang, Zhou, Li, Gu 2021, section 5.2 (batch)", make_spec<WrapperSpec, DelaySpec>};
}

}  // namespace cbsim::wrappers
