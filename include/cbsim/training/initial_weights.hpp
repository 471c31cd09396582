#pragma once

#include <string>

#include "cbsim/core/settings.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/network.hpp"

namespace cbsim {

enum class InitialLaw { symmetric, he, uniform, file };

/// How the network's input is mirrored. The symmetric start is defined for the input [x; x]/sqrt(2)
/// (Zhou, Li, Gu 2020, Algorithm 1), W_1 = [W_a, W_b]. Both halves of W_1 meet the same gradient,
/// so V = (W_a + W_b)/sqrt(2) on x alone has the same f, the same full Z and the same descent
/// towards theta_0
/// (`reduced`); D = (W_a - W_b)/sqrt(2) never moves. A penalty towards zero moves D and needs
/// `doubled`.
enum class Mirror { none, reduced, doubled };

/// Converts between theta as the network holds it and the full list of weights.csv: W_1 row by row
/// (m x d K for disjoint contexts, twice as wide when mirrored), b_1, W_2, b_2, ...
class WeightList {
 public:
  /// `network` must outlive the list.
  WeightList(const Network& network, Mirror mirror) : network_(network), mirror_(mirror) {}

  Index size() const;
  /// theta of a full list; keeps D of a reduced mirror for `full`.
  Vector theta(const ConstVectorRef& list);
  Vector full(const Vector& theta) const;

 private:
  Index full_columns() const;  ///< of W_1

  const Network& network_;
  Mirror mirror_;
  Matrix difference_;  ///< D, m x d blocks; empty if not reduced
};

/// A start drawn from the seed, as a full list (mirrored for `symmetric`):
///   symmetric: W_l = diag(W, W), W_ij ~ N(0, 4/m), W_L = (w^T, -w^T), w_i ~ N(0, 2/m), biases 0,
///   so
///     that f(x; theta_0) = 0 (Zhou, Li, Gu 2020, Algorithm 1); m even;
///   he: W_l ~ N(0, 2/n), biases 0, n the number of inputs of the layer;
///   uniform: W_l and b_l ~ U(-1/sqrt(n), 1/sqrt(n)), PyTorch's default.
Vector draw_weight_list(InitialLaw law, const Network& network, Mirror mirror, Seed seed);

/// The numbers of a file, one a line. Throws InputError naming file, line and text.
Vector parse_weight_list(const File& file);

}  // namespace cbsim
