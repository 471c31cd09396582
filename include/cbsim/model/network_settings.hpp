#pragma once

#include <vector>

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/facts.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/training/initial_weights.hpp"
#include "cbsim/training/network.hpp"
#include "cbsim/training/objective.hpp"

namespace cbsim {

enum class OutputScale { sqrt_width, one };

/// A network f(x; theta) and its start theta_0.
struct NetworkSettings {
  std::int64_t width = 100;
  std::int64_t depth = 2;
  InitialLaw init = InitialLaw::symmetric;
  File weights;  ///< of InitialLaw::file
  bool mirrored = false;
  OutputScale output_scale = OutputScale::sqrt_width;
  bool bias = false;

  Settings settings();
  std::vector<Violation> check(const EnvironmentFacts& facts) const;
};

/// How the network holds a mirrored input where its weights are trained with that penalty.
Mirror mirror_of(const NetworkSettings& settings, PenaltyCenter penalty);

/// The network on contexts of a shape.
NetworkShape network_shape(const NetworkSettings& settings, const ContextShape& contexts,
                           Mirror mirror);

/// theta_0 as a full list (WeightList): drawn from the seed, or from the file.
Vector initial_weight_list(const NetworkSettings& settings, const Network& network, Mirror mirror,
                           Seed seed);

}  // namespace cbsim
