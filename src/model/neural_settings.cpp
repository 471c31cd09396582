#include <cmath>
#include <string>

#include "cbsim/model/neural_model.hpp"

namespace cbsim {

Settings NetworkSettings::settings() {
  return {
      integer("width", &width, between(1, 1e5), {"hidden units of a layer", "m"}),
      integer("depth", &depth, between(2, 64),
              {"number of weight matrices; 2 is one hidden layer", "L"}),
      one_of("init", &init,
             {WordSlot{"symmetric"}, WordSlot{"he"}, WordSlot{"uniform"},
              ObjectSlot{{required(file("file", &weights,
                                        {"weights, one number a line, in the order of "
                                         "weights.csv"})),
                          boolean("mirrored", &mirrored,
                                  {"the file holds a network on [x; x]/√2, W₁ twice as wide"})}}},
             {"the start θ₀: symmetric (mirrored input, f(x; θ₀) = 0), he N(0, 2/inputs), uniform "
              "U(±1/√inputs), or a file",
              "θ₀", "Zhou, Li, Gu 2020, Algorithm 1"}),
      choice("output_scale", &output_scale, {"sqrt_width", "one"},
             {"factor of the network's output: √m as in the paper, or 1"}),
      boolean("bias", &bias, {"adds a bias to every layer; the paper has none"}),
  };
}

Settings TrainingSettings::settings() {
  return {
      choice("optimizer", &optimizer, {"gd"},
             {"gd: full-batch gradient descent", "", "Zhou, Li, Gu 2020, Algorithm 2"}),
      one_of("steps", &steps_kind, {IntegerSlot{&steps, between(1, 1e9)}, WordSlot{"t"}},
             {"gradient steps of a refit; \"t\": as many as rounds so far", "J"}),
      one_of("learning_rate", &rate_kind, {WordSlot{"auto"}, RealSlot{&learning_rate, above(0)}},
             {"step size; auto: 1/λmax(JᵀJ + mλI) with the Jacobian at θ₀, halved where the loss "
              "rises",
              "η"}),
      choice("start", &start, {"initial", "current"},
             {"where a refit starts: θ₀, or the weights so far"}),
      choice("loss", &loss, {"sum", "mean"},
             {"sum over the rounds, or the whole objective divided by t"}),
      choice("penalty", &penalty, {"initial", "zero", "none"},
             {"penalise ‖θ − θ₀‖², ‖θ‖², or nothing"}),
      choice("penalty_scale", &penalty_scale, {"width", "one"},
             {"factor of the penalty: mλ, or λ"}),
      group("refit",
            {integer("every", &every, between(1, 1e9), {"refit at rounds divisible by this"}),
             integer("until", &until, between(0, 1e9),
                     {"the last round of that; 0: for the whole run"}),
             integer("then_every", &then_every, between(1, 1e9),
                     {"after `until`, refit at rounds divisible by this"})},
            {"when the model is refitted; every observation stays in the history"}),
  };
}

bool TrainingSettings::due(Index t) const {
  return t % (until == 0 || t <= until ? every : then_every) == 0;
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

std::vector<Violation> NeuralSettings::check(const EnvironmentFacts& facts) const {
  std::vector<Violation> violations;
  if (network.init == InitialLaw::symmetric && network.width % 2 != 0) {
    violations.push_back(
        {"network.width", std::to_string(network.width) +
                              " is odd; the symmetric start needs an even width: use " +
                              std::to_string(network.width + 1) + " or another \"init\""});
  }
  if (network.init == InitialLaw::file) {
    const auto m = static_cast<double>(network.width);
    const double inputs =
        static_cast<double>(facts.shape.nominal_dim()) * (network.mirrored ? 2.0 : 1.0);
    const double biases = network.bias ? m * static_cast<double>(network.depth - 1) + 1.0 : 0.0;
    const double needed = m * inputs + m * m * static_cast<double>(network.depth - 2) + m + biases;
    const auto found = static_cast<double>(parse_weight_list(network.weights).size());
    if (found != needed) {
      violations.push_back({"network.init.file", network.weights.path + " holds " +
                                                     std::to_string(std::llround(found)) +
                                                     " numbers, the network needs " +
                                                     std::to_string(std::llround(needed))});
    }
  }
  return violations;
}

}  // namespace cbsim
