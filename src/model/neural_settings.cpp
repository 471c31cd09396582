#include <algorithm>
#include <cmath>
#include <string>

#include "cbsim/core/text.hpp"
#include "cbsim/model/neural_model.hpp"

namespace cbsim {

Settings TrainingSettings::settings() {
  return {
      choice("optimizer", &optimizer, {"gd", "sgd", "adam", "lbfgs"},
             {"gd: gradient descent as in the paper; sgd, adam: on batches; lbfgs: quasi-Newton, "
              "full batch, by liblbfgs",
              "", "Zhou, Li, Gu 2020, Algorithm 2; Kingma, Ba 2015; Liu, Nocedal 1989"}),
      one_of("steps", &steps_kind, {IntegerSlot{&steps, between(1, 1e9)}, WordSlot{"t"}},
             {"steps of a refit, at most; \"t\": as many as rounds so far", "J"}),
      one_of("learning_rate", &rate_kind, {WordSlot{"auto"}, RealSlot{&learning_rate, above(0)}},
             {"step size; auto: for gd 1/λmax(JᵀJ + mλI) with the Jacobian at θ₀, halved where "
              "the loss rises; for sgd with t max‖g‖² for λmax where it takes batches; for adam "
              "0.001; lbfgs searches for its own",
              "η"}),
      one_of("batch_size", &batch_kind,
             {WordSlot{"full"}, IntegerSlot{&batch_size, between(1, 1e9)}},
             {"observations of a step of sgd and adam, in random order, each weighted t/batch_size"}),
      choice("precision", &precision, {"double", "single"},
             {"arithmetic inside a refit; all else is double"}),
      real("stop_below", &stop_below, at_least(0),
           {"a refit ends early once the mean of (f − r)² over the observations (for sgd and adam "
            "over the steps of an epoch) is below this; 0: never"}),
      choice("start", &start, {"initial", "current"},
             {"where a refit starts: θ₀, or the weights so far"}),
      choice("loss", &loss, {"sum", "mean"},
             {"sum over the rounds, or the whole objective divided by t"}),
      choice("penalty", &penalty, {"initial", "zero", "none"},
             {"penalise ‖θ − θ₀‖², ‖θ‖², or nothing"}),
      choice("penalty_scale", &penalty_scale, {"width", "one"},
             {"factor of the penalty: mλ, or λ"}),
      refit.setting(),
  };
}

std::vector<Violation> TrainingSettings::check() const {
  std::vector<Violation> violations;
  const bool batched = optimizer == Optimizer::sgd || optimizer == Optimizer::adam;
  if (batch_kind == Batch::number && !batched) {
    violations.push_back({"training.batch_size",
                          std::to_string(batch_size) +
                              " needs batches, but gd and lbfgs take all observations: use \"full\", "
                              "or \"optimizer\": \"sgd\" or \"adam\""});
  }
  if (rate_kind == Rate::number && optimizer == Optimizer::lbfgs) {
    violations.push_back({"training.learning_rate",
                          shortest(learning_rate) +
                              " has no meaning for lbfgs, which searches for its step: use \"auto\""});
  }
  return violations;
}

Setting RefitSchedule::setting() {
  return one_of(
      "refit", &kind,
      {ObjectSlot{
           {integer("every", &every, between(1, 1e9), {"refit at rounds divisible by this"}),
            integer("until", &until, between(0, 1e9),
                    {"the last round of that; 0: for the whole run"}),
            integer("then_every", &then_every, between(1, 1e9),
                    {"after `until`, refit at rounds divisible by this"})}},
       ObjectSlot{{}, "schedule", "doubling"},
       ObjectSlot{{real("factor", &factor, above(1),
                        {"refit once det Z has grown by this factor since the last refit", "q"})},
                  "schedule",
                  "determinant"}},
      {"when the model is refitted: periodically, at rounds 1, 2, 4, 8, ..., or by the growth of "
       "det Z; every observation stays in the history",
       "", "for the last: Gu, Karbasi, Khosravi, Mirrokni, Zhou 2021"});
}

bool RefitSchedule::due(Index t, double log_det_growth) const {
  switch (kind) {
    case Kind::doubling:
      return (t & (t - 1)) == 0;
    case Kind::determinant:
      return log_det_growth > std::log(factor);
    case Kind::periodic:
      break;
  }
  return t % (until == 0 || t <= until ? every : then_every) == 0;
}

double RefitSchedule::expected(Index t, double dimension) const {
  if (kind != Kind::determinant) return due(t, 0.0) ? 1.0 : 0.0;
  const double growth = dimension * std::log1p(1.0 / static_cast<double>(t));
  return std::min(1.0, growth / std::log(factor));
}

Settings NeuralSettings::settings(bool with_confidence) {
  Settings settings = {
      real("lambda", &lambda, above(0), {"regularisation, of the loss and of Z", "λ"}),
      group("network", network.settings(), {"the network f(x; θ)"}),
      group("training", training.settings(), {"how θ is fitted"}),
  };
  if (with_confidence) {
    settings.push_back(choice("confidence", &confidence, {"full", "diagonal", "last_layer"},
                              {"Z over all parameters, exact at any size; only its diagonal; or Z "
                               "over the last layer's weights alone, where its gradient is √m "
                               "X_{L−1}, the features",
                               "Z"}));
    settings.push_back(choice("confidence_scale", &confidence_scale, {"width", "one"},
                              {"divisor of the gradients' products in Z and bonus: m, or 1"}));
  }
  return settings;
}

std::vector<Violation> NeuralSettings::check(const EnvironmentFacts& facts,
                                             bool with_confidence) const {
  std::vector<Violation> violations = training.check();
  if (training.refit.kind == RefitSchedule::Kind::determinant && !with_confidence) {
    violations.push_back({"training.refit.schedule",
                          "\"determinant\" follows det Z, but this policy keeps no Z: use "
                          "\"doubling\" or {\"every\": ...}"});
  }
  for (Violation& violation : nested("network", network.check(facts))) {
    violations.push_back(std::move(violation));
  }
  return violations;
}

}  // namespace cbsim
