#pragma once

#include <functional>
#include <memory>

#include "cbsim/core/rng.hpp"
#include "cbsim/environment/environment.hpp"
#include "cbsim/environment/noise.hpp"

namespace cbsim {

enum class ContextLaw { sphere, ball, gaussian };
enum class ParameterLaw { unit, ball };

/// The expected reward h(x) of a context x in R^d.
using RewardFunction = std::function<double(const ConstVectorRef&)>;

/// In what the settings of the synthetic worlds differ.
struct SyntheticDefaults {
  double scale = 1.0;
  std::string_view scale_meaning = "factor of the expected reward";
  NoiseLaw noise = NoiseLaw::gaussian(1.0);
};

/// The settings shared by the synthetic worlds: a reward of expectation h(x) under the law "noise",
/// K contexts a round drawn independently of each other and of the past (Zhou, Li, Gu 2020,
/// section 7.1).
class SyntheticSpec : public EnvironmentSpec {
 public:
  Settings settings() override;
  EnvironmentFacts facts() const override;
  std::unique_ptr<Environment> create(Seed seed) const override;
  std::unique_ptr<Environment> create_with_draw(Seed seed, std::uint64_t draw) const override;

 protected:
  explicit SyntheticSpec(const SyntheticDefaults& defaults = {})
      : scale_(defaults.scale), scale_meaning_(defaults.scale_meaning), noise_(defaults.noise) {}

  /// Draws the hidden parameter from `stream` and returns h.
  virtual RewardFunction draw_reward_function(Stream& stream) const = 0;

  std::int64_t dim_ = 20;
  double scale_;

 private:
  enum class ParameterSeed { run, fixed };

  std::int64_t arms_ = 4;
  std::string_view scale_meaning_;
  NoiseLaw noise_;
  ContextLaw contexts_ = ContextLaw::sphere;
  ParameterSeed parameter_seed_kind_ = ParameterSeed::run;
  std::int64_t parameter_seed_ = 0;
};

/// Synthetic worlds whose expected reward is a function of x^T a with a hidden vector a.
class HiddenVectorSpec : public SyntheticSpec {
 public:
  Settings settings() override;

 protected:
  /// h as a function of the scale and z = x^T a.
  using Link = double (*)(double scale, double z);

  explicit HiddenVectorSpec(Link link, const SyntheticDefaults& defaults = {})
      : SyntheticSpec(defaults), link_(link) {}

  RewardFunction draw_reward_function(Stream& stream) const override;

 private:
  Link link_;
  ParameterLaw parameter_ = ParameterLaw::unit;
};

}  // namespace cbsim
