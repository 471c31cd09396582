#include "cbsim/environment/synthetic.hpp"

#include <cmath>
#include <utility>

namespace cbsim {
namespace {

/// Uniform on the unit sphere; in the unit ball when `fill`.
void draw_direction(Stream& stream, bool fill, VectorRef out) {
  for (Index i = 0; i < out.size(); ++i) out(i) = stream.normal();
  out /= out.norm();
  if (fill) out *= std::pow(stream.uniform(), 1.0 / static_cast<double>(out.size()));
}

void draw_context(Stream& stream, ContextLaw law, VectorRef out) {
  if (law == ContextLaw::gaussian) {
    for (Index i = 0; i < out.size(); ++i) out(i) = stream.normal();
  } else {
    draw_direction(stream, law == ContextLaw::ball, out);
  }
}

class SyntheticEnvironment final : public Environment {
 public:
  SyntheticEnvironment(ContextShape shape, ContextLaw contexts, NoiseLaw noise,
                       RewardFunction reward, Seed seed)
      : shape_(shape),
        contexts_(contexts),
        noise_(noise),
        reward_(std::move(reward)),
        seed_(seed) {}

  void deal(Index t, Round& round) override {
    Stream contexts(seed_, Purpose::contexts, static_cast<std::uint64_t>(t));
    round.contexts.resize(shape_);
    round.expected.resize(shape_.arms);
    for (Index a = 0; a < shape_.arms; ++a) {
      draw_context(contexts, contexts_, round.contexts.values().col(a));
      round.expected(a) = noise_.expected(reward_(round.contexts.values().col(a)));
    }
    draw_rewards(t, round);
  }

  void draw_rewards(Index t, Round& round) override {
    Stream noise(seed_, Purpose::noise, static_cast<std::uint64_t>(t));
    round.rewards.resize(shape_.arms);
    for (Index a = 0; a < shape_.arms; ++a) {
      round.rewards(a) = noise_.draw(noise, round.expected(a));
    }
  }

 private:
  ContextShape shape_;
  ContextLaw contexts_;
  NoiseLaw noise_;
  RewardFunction reward_;
  Seed seed_;
};

}  // namespace

Settings SyntheticSpec::settings() {
  return {
      integer("dim", &dim_, between(1, 1e6), {"coordinates of a context", "d"}),
      integer("arms", &arms_, between(1, 1e6), {"arms a round", "K"}),
      noise_.setting(),
      choice(
          "contexts", &contexts_, {"sphere", "ball", "gaussian"},
          {"law of a context: uniform on the unit sphere, uniform in the unit ball, or N(0, I)"}),
      real("scale", &scale_, any(), {scale_meaning_}),
      one_of("parameter_seed", &parameter_seed_kind_,
             {WordSlot{"run"}, IntegerSlot{&parameter_seed_, between(0, 0x1p53)}},
             {"seed of the hidden parameter: the run's own, or one number for all runs"}),
  };
}

EnvironmentFacts SyntheticSpec::facts() const {
  return {.shape = {.arms = arms_, .dim = dim_, .blocks = 1}, .hidden_parameter = true};
}

std::unique_ptr<Environment> SyntheticSpec::create(Seed seed) const {
  return create_with_draw(seed, 0);
}

std::unique_ptr<Environment> SyntheticSpec::create_with_draw(Seed seed, std::uint64_t draw) const {
  const bool fixed = parameter_seed_kind_ == ParameterSeed::fixed;
  Stream hidden(fixed ? static_cast<Seed>(parameter_seed_) : seed, Purpose::hidden_parameter, draw);
  return std::make_unique<SyntheticEnvironment>(facts().shape, contexts_, noise_,
                                                draw_reward_function(hidden), seed);
}

Settings HiddenVectorSpec::settings() {
  Settings settings = SyntheticSpec::settings();
  settings.push_back(choice("parameter", &parameter_, {"unit", "ball"},
                            {"law of the hidden vector: uniform on the unit sphere, or in the "
                             "unit ball",
                             "a"}));
  return settings;
}

RewardFunction HiddenVectorSpec::draw_reward_function(Stream& stream) const {
  Vector a(dim_);
  draw_direction(stream, parameter_ == ParameterLaw::ball, a);
  return [link = link_, scale = scale_, a = std::move(a)](const ConstVectorRef& x) {
    return link(scale, x.dot(a));
  };
}

}  // namespace cbsim
