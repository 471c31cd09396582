#include "cbsim/core/rng.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim::policies {
namespace {

/// Plays each arm with probability 1/K.
class Uniform final : public Policy {
 public:
  explicit Uniform(Seed seed) : seed_(seed) {}

  Index choose(Index t, const Contexts& contexts) override {
    Stream stream(seed_, Purpose::policy, static_cast<std::uint64_t>(t));
    return static_cast<Index>(stream.below(static_cast<std::uint64_t>(contexts.arms())));
  }

  void update(const Outcome& /*outcome*/) override {}

 private:
  Seed seed_;
};

class UniformSpec final : public PolicySpec {
 public:
  Settings settings() override { return {}; }
  std::unique_ptr<Policy> create(const PolicySetup& setup) const override {
    return std::make_unique<Uniform>(setup.seed);
  }
};

}  // namespace

PolicyType uniform() {
  return {"uniform",
          "Uniform",
          "uniform",
          "none",
          "plays every arm equally often, at random",
          "",
          make_spec<PolicySpec, UniformSpec>};
}

}  // namespace cbsim::policies
