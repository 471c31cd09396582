#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/gradient_factors.hpp"
#include "cbsim/training/network.hpp"

namespace cbsim {

/// The matrix Z = lambda I + sum g g^T / scale over the gradients added so far, p x p, and the
/// widths that it gives (Zhou, Li, Gu 2020, Algorithm 1, with scale = m). Implementations differ in
/// what they store; gradients come as factors, so that none of them need form a p-vector.
class Confidence {
 public:
  virtual ~Confidence() = default;

  /// out_a = g_a^T Z^{-1} g_a / scale for each of the n gradients, >= 0.
  virtual void squared_widths(const GradientFactors& gradients, Vector& out) = 0;

  /// Z += g g^T / scale with g the gradient of sample `column`.
  virtual void add(const GradientFactors& gradients, Index column) = 0;

  /// log det(Z / lambda I).
  virtual double log_det() const = 0;

  /// Saves or restores Z.
  virtual void state(StateArchive& archive) = 0;
};

enum class ConfidenceKind { full, diagonal, last_layer };

struct ConfidenceSetup {
  double lambda = 1.0;
  double scale = 1.0;  ///< m in the paper
  Index horizon = 0;   ///< gradients that will be added
  Index arms = 0;      ///< gradients scored a round
};

// Of all that follows, `layout` must outlive the result.

/// Z in full as its inverse, p x p, by Sherman-Morrison updates of one triangle, checked against
/// drift (SymmetricInverse).
std::unique_ptr<Confidence> make_primal_confidence(const ParameterLayout& layout,
                                                   const ConfidenceSetup& setup);

/// Z in full through the t x t Gram matrix of the gradients: exact at any p. Adding a gradient that
/// is equal to the one scored last in the same column costs no second solve.
std::unique_ptr<Confidence> make_dual_confidence(const ParameterLayout& layout,
                                                 const ConfidenceSetup& setup);

/// Z in full: in dual form, and in primal form once `primal_from` gradients have been added (0: at
/// once; none: never). By default where that makes the run cheapest (cheapest_changeover).
std::unique_ptr<Confidence> make_full_confidence(const ParameterLayout& layout,
                                                 const ConfidenceSetup& setup,
                                                 std::optional<Index> primal_from);
std::unique_ptr<Confidence> make_full_confidence(const ParameterLayout& layout,
                                                 const ConfidenceSetup& setup);

/// Only the diagonal of Z: the approximation of the paper's experiments on real data.
std::unique_ptr<Confidence> make_diagonal_confidence(const ParameterLayout& layout,
                                                     const ConfidenceSetup& setup);

/// Z in full over the parameter matrices from number `first` of the layout on, as if there were no
/// others.
std::unique_ptr<Confidence> make_last_layer_confidence(const ParameterLayout& layout,
                                                       std::size_t first,
                                                       const ConfidenceSetup& setup);

/// Z of a kind over the parameters of a network, which must outlive the result; `last_layer` is
/// over W_L and b_L.
std::unique_ptr<Confidence> make_confidence(ConfidenceKind kind, const Network& network,
                                            const ConfidenceSetup& setup);

}  // namespace cbsim
