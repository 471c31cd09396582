#include <cmath>
#include <numbers>

#include "cbsim/environment/arm_encoding.hpp"
#include "cbsim/environment/environment.hpp"
#include "cbsim/environment/noise.hpp"

namespace cbsim::environments {
namespace {

constexpr Index kArms = 5;
constexpr Index kSafe = 4;

/// The arm of a quadrant: (+, +) 0, (+, -) 1, (-, +) 2, (-, -) 3.
Index quadrant(const Eigen::Vector2d& x) { return (x(0) > 0.0 ? 0 : 2) + (x(1) > 0.0 ? 0 : 1); }

struct Wheel {
  double delta = 0.5;
  double mu1 = 1.2, mu2 = 1.0, mu3 = 50.0;
  NoiseLaw noise = NoiseLaw::gaussian(0.01);
  ArmEncoding encoding;

  /// The expected reward of an arm before the law of the noise.
  double mean(const Eigen::Vector2d& x, Index arm) const {
    if (arm == kSafe) return mu1;
    return x.norm() > delta && arm == quadrant(x) ? mu3 : mu2;
  }
};

class WheelEnvironment final : public Environment {
 public:
  WheelEnvironment(const Wheel& wheel, Seed seed) : wheel_(wheel), seed_(seed) {}

  void deal(Index t, Round& round) override {
    Stream contexts(seed_, Purpose::contexts, static_cast<std::uint64_t>(t));
    Stream noise(seed_, Purpose::noise, static_cast<std::uint64_t>(t));
    const double radius = std::sqrt(contexts.uniform());
    const double angle = 2.0 * std::numbers::pi * contexts.uniform();
    const Eigen::Vector2d x(radius * std::cos(angle), radius * std::sin(angle));
    wheel_.encoding.encode(x, kArms, round.contexts);
    round.expected.resize(kArms);
    round.rewards.resize(kArms);
    for (Index a = 0; a < kArms; ++a) {
      round.expected(a) = wheel_.noise.expected(wheel_.mean(x, a));
      round.rewards(a) = wheel_.noise.draw(noise, round.expected(a));
    }
  }

 private:
  Wheel wheel_;
  Seed seed_;
};

/// Contexts uniform in the unit disk, one for the five arms of a round. Arm 4 always pays mu1; of
/// the others, which pay mu2, that of the context's quadrant pays mu3 where |x| > delta. The paper
/// counts the safe arm first, its authors' code last.
class WheelSpec final : public EnvironmentSpec {
 public:
  Settings settings() override {
    return {
        real("delta", &wheel_.delta, between(0, 1),
             {"radius within which the safe arm, 4, is best", "δ"}),
        real("mu1", &wheel_.mu1, any(), {"expected reward of the safe arm, 4", "μ₁"}),
        real("mu2", &wheel_.mu2, any(), {"expected reward of arms 0..3 elsewhere", "μ₂"}),
        real("mu3", &wheel_.mu3, any(),
             {"expected reward beyond delta of the quadrant's arm: (+,+) 0, (+,-) 1, (-,+) 2, "
              "(-,-) 3",
              "μ₃"}),
        wheel_.noise.setting(),
        wheel_.encoding.setting(),
    };
  }

  EnvironmentFacts facts() const override { return {.shape = wheel_.encoding.shape(kArms, 2)}; }

  std::unique_ptr<Environment> create(Seed seed) const override {
    return std::make_unique<WheelEnvironment>(wheel_, seed);
  }

 private:
  Wheel wheel_;
};

}  // namespace

EnvironmentType wheel() {
  return {"wheel",
          "a point of the disk for 5 arms: a safe one, and one that pays much near the rim",
          "Riquelme, Tucker, Snoek 2018, section 5.4", make_spec<EnvironmentSpec, WheelSpec>};
}

}  // namespace cbsim::environments
