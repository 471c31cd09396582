#pragma once

#include <functional>
#include <memory>

#include "cbsim/core/rng.hpp"
#include "cbsim/environment/environment.hpp"

namespace cbsim {

enum class ContextLaw { sphere, ball, gaussian };
enum class ParameterLaw { unit, ball };

/// The expected reward h(x) of a context x in R^d.
using RewardFunction = std::function<double(const ConstVectorRef&)>;

/// The settings shared by the synthetic worlds: r = scale * h(x) + N(0, noise^2), K contexts a
/// round drawn independently of each other and of the past (Zhou, Li, Gu 2020, section 7.1).
class SyntheticSpec : public EnvironmentSpec {
 public:
  Settings settings() override;
  EnvironmentFacts facts() const override;
  std::unique_ptr<Environment> create(Seed seed) const override;
  std::unique_ptr<Environment> create_with_draw(Seed seed, std::uint64_t draw) const override;

 protected:
  explicit SyntheticSpec(double default_scale) : scale_(default_scale) {}

  /// Draws the hidden parameter from `stream` and returns h without the scale.
  virtual RewardFunction draw_reward_function(Stream& stream) const = 0;

  std::int64_t dim_ = 20;

 private:
  enum class ParameterSeed { run, fixed };

  std::int64_t arms_ = 4;
  double noise_ = 1.0;
  ContextLaw contexts_ = ContextLaw::sphere;
  double scale_;
  ParameterSeed parameter_seed_kind_ = ParameterSeed::run;
  std::int64_t parameter_seed_ = 0;
};

/// Synthetic worlds whose reward is a function of x^T a with a hidden vector a.
class HiddenVectorSpec : public SyntheticSpec {
 public:
  Settings settings() override;

 protected:
  /// h as a function of z = x^T a.
  using Link = double (*)(double z);

  HiddenVectorSpec(double default_scale, Link link) : SyntheticSpec(default_scale), link_(link) {}

  RewardFunction draw_reward_function(Stream& stream) const override;

 private:
  Link link_;
  ParameterLaw parameter_ = ParameterLaw::unit;
};

}  // namespace cbsim
