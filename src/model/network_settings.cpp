#include "cbsim/model/network_settings.hpp"

#include <cmath>
#include <string>

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

std::vector<Violation> NetworkSettings::check(const EnvironmentFacts& facts) const {
  std::vector<Violation> violations;
  if (init == InitialLaw::symmetric && width % 2 != 0) {
    violations.push_back({"width", std::to_string(width) +
                                       " is odd; the symmetric start needs an even width: use " +
                                       std::to_string(width + 1) + " or another \"init\""});
  }
  if (init == InitialLaw::file) {
    const auto m = static_cast<double>(width);
    const double inputs = static_cast<double>(facts.shape.nominal_dim()) * (mirrored ? 2.0 : 1.0);
    const double biases = bias ? m * static_cast<double>(depth - 1) + 1.0 : 0.0;
    const double needed = m * inputs + m * m * static_cast<double>(depth - 2) + m + biases;
    const auto found = static_cast<double>(parse_weight_list(weights).size());
    if (found != needed) {
      violations.push_back(
          {"init.file", weights.path + " holds " + std::to_string(std::llround(found)) +
                            " numbers, the network needs " + std::to_string(std::llround(needed))});
    }
  }
  return violations;
}

Mirror mirror_of(const NetworkSettings& settings, PenaltyCenter penalty) {
  const bool mirrored = settings.init == InitialLaw::symmetric ||
                        (settings.init == InitialLaw::file && settings.mirrored);
  if (!mirrored) return Mirror::none;
  return penalty == PenaltyCenter::zero ? Mirror::doubled : Mirror::reduced;
}

NetworkShape network_shape(const NetworkSettings& settings, const ContextShape& contexts,
                           Mirror mirror) {
  const double root_width = std::sqrt(static_cast<double>(settings.width));
  return {.dim = contexts.dim * (mirror == Mirror::doubled ? 2 : 1),
          .blocks = contexts.blocks,
          .width = settings.width,
          .depth = settings.depth,
          .bias = settings.bias,
          .output_scale = settings.output_scale == OutputScale::sqrt_width ? root_width : 1.0,
          .input_copies = mirror == Mirror::reduced ? 2 : 1};
}

Vector initial_weight_list(const NetworkSettings& settings, const Network& network, Mirror mirror,
                           Seed seed) {
  return settings.init == InitialLaw::file ? parse_weight_list(settings.weights)
                                           : draw_weight_list(settings.init, network, mirror, seed);
}

}  // namespace cbsim
